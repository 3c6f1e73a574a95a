-- Marks for wrk: every request gives the mark of the next place that has none yet.
-- Arguments: the file of places (sheet, aspect, session, csrf per line), a word that makes keys unique, where to begin.
local places, sent, word = {}, 0, ""

function init(args)
  for line in io.lines(args[1]) do
    local sheet, aspect, session, csrf = line:match("(%S+) (%S+) (%S+) (%S+)")
    places[#places + 1] = { "/sheets/" .. sheet .. "/marks/" .. aspect, "session=" .. session, csrf }
  end
  word, sent = args[2], tonumber(args[3])
end

function request()
  local place = places[sent % #places + 1]
  sent = sent + 1
  return wrk.format("PUT", place[1], {
    ["Content-Type"] = "application/x-www-form-urlencoded", ["Cookie"] = place[2], ["X-CSRF-Token"] = place[3],
    ["If-Match"] = '"0"', ["Idempotency-Key"] = word .. "-" .. sent,
  }, "value=" .. (sent % 3))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("result %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
