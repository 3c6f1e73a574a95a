CREATE TABLE "stage_rebuilt" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "group" INTEGER NOT NULL REFERENCES "skill_group" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(20) NOT NULL,
  "position" INTEGER NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "cut_kind" VARCHAR(20) NOT NULL,
  "cut_value" BIGINT NOT NULL,
  "cut_ties" VARCHAR(20) NOT NULL,
  "cut_reserved" INTEGER NOT NULL,
  "rank_ties" VARCHAR(20) NOT NULL,
  "tie_breaks" TEXT NOT NULL,
  "version" INTEGER NOT NULL
);
INSERT INTO "stage_rebuilt" ("id", "group", "kind", "position", "state", "cut_kind", "cut_value", "cut_ties", "cut_reserved", "rank_ties", "tie_breaks", "version")
  SELECT "id", "group", "kind", "position", "state", "cut_kind", "cut_value", "cut_ties", 0, 'shared', "tie_breaks", "version" FROM "stage";
DROP TABLE "stage";
ALTER TABLE "stage_rebuilt" RENAME TO "stage";
CREATE TABLE "draw_rebuilt" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "layer" VARCHAR(20) NOT NULL,
  "seed" VARCHAR(64) NOT NULL,
  "drawn_at" TIMESTAMPTZ NOT NULL,
  "drawn_by" INTEGER,
  "reveal_asked_at" TIMESTAMPTZ,
  "reveal_asked_by" INTEGER,
  "revealed_at" TIMESTAMPTZ,
  "revealed_by" INTEGER
);
INSERT INTO "draw_rebuilt" ("id", "stage", "layer", "seed", "drawn_at", "drawn_by", "reveal_asked_at", "reveal_asked_by", "revealed_at", "revealed_by")
  SELECT "id", "stage", "layer", "seed", "drawn_at", "drawn_by", NULL, NULL, "revealed_at", "revealed_by" FROM "draw";
DROP TABLE "draw";
ALTER TABLE "draw_rebuilt" RENAME TO "draw";
CREATE TABLE "scheme_rebuilt" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "current" BOOLEAN NOT NULL,
  "frozen_at" TIMESTAMPTZ,
  "created_at" TIMESTAMPTZ NOT NULL,
  "created_by" INTEGER,
  "title" VARCHAR(200) NOT NULL,
  "reason" VARCHAR(200) NOT NULL,
  "document" TEXT NOT NULL,
  "criteria" TEXT NOT NULL,
  "sections" TEXT NOT NULL,
  "digits" INTEGER NOT NULL,
  "version" INTEGER NOT NULL
);
INSERT INTO "scheme_rebuilt" ("id", "stage", "number", "current", "frozen_at", "created_at", "created_by", "title", "reason", "document", "criteria", "sections", "digits", "version")
  SELECT "id", "stage", "number", "current", "frozen_at", "created_at", NULL, '', '', '', '', '', 2, "version" FROM "scheme";
DROP TABLE "scheme";
ALTER TABLE "scheme_rebuilt" RENAME TO "scheme";
CREATE TABLE "scheme_part_rebuilt" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "scheme" INTEGER NOT NULL REFERENCES "scheme" ("id") ON DELETE RESTRICT,
  "code" VARCHAR(10) NOT NULL,
  "name" VARCHAR(200) NOT NULL,
  "name_en" VARCHAR(200) NOT NULL,
  "position" INTEGER NOT NULL,
  "source" VARCHAR(20) NOT NULL,
  "weight" INTEGER NOT NULL,
  "maximum" BIGINT NOT NULL,
  "aggregation" VARCHAR(20) NOT NULL,
  "drop_highest" INTEGER NOT NULL,
  "drop_lowest" INTEGER NOT NULL,
  "digits" INTEGER NOT NULL,
  "criterion" VARCHAR(10) NOT NULL,
  "sub_criterion" VARCHAR(10) NOT NULL,
  "day" INTEGER NOT NULL,
  "method" VARCHAR(20) NOT NULL,
  "layer" VARCHAR(20) NOT NULL
);
INSERT INTO "scheme_part_rebuilt" ("id", "scheme", "code", "name", "name_en", "position", "source", "weight", "maximum", "aggregation", "drop_highest", "drop_lowest", "digits", "criterion", "sub_criterion", "day", "method", "layer")
  SELECT "id", "scheme", "code", "name", "name_en", "position", "source", "weight" * 100, "maximum", "aggregation", "drop_highest", "drop_lowest", "digits", '', '', 0, 'score', 'number' FROM "scheme_part";
DROP TABLE "scheme_part";
ALTER TABLE "scheme_part_rebuilt" RENAME TO "scheme_part";
CREATE TABLE "aspect_rebuilt" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "part" INTEGER NOT NULL REFERENCES "scheme_part" ("id") ON DELETE RESTRICT,
  "code" VARCHAR(10) NOT NULL,
  "title" VARCHAR(400) NOT NULL,
  "title_en" VARCHAR(400) NOT NULL,
  "position" INTEGER NOT NULL,
  "place" INTEGER NOT NULL,
  "maximum" BIGINT NOT NULL,
  "step" BIGINT NOT NULL,
  "calculation" TEXT NOT NULL,
  "descriptors" TEXT NOT NULL,
  "note" TEXT NOT NULL,
  "requirement" TEXT NOT NULL,
  "section" VARCHAR(10) NOT NULL,
  "retired_at" TIMESTAMPTZ
);
INSERT INTO "aspect_rebuilt" ("id", "part", "code", "title", "title_en", "position", "place", "maximum", "step", "calculation", "descriptors", "note", "requirement", "section", "retired_at")
  SELECT "id", "part", "code", "title", "title_en", "position", 0, "maximum", "step", '', '', '', '', '', NULL FROM "aspect";
DROP TABLE "aspect";
ALTER TABLE "aspect_rebuilt" RENAME TO "aspect";
CREATE TABLE "sheet_rebuilt" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "token" VARCHAR(24) NOT NULL,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "part" INTEGER NOT NULL REFERENCES "scheme_part" ("id") ON DELETE RESTRICT,
  "seat" INTEGER NOT NULL REFERENCES "panel_seat" ("id") ON DELETE RESTRICT,
  "blind" INTEGER NOT NULL REFERENCES "blind_number" ("id") ON DELETE RESTRICT,
  "counts" BOOLEAN NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "signature" TEXT NOT NULL,
  "submitted_at" TIMESTAMPTZ,
  "checked_at" TIMESTAMPTZ,
  "checked_by" INTEGER,
  "returned_reason" VARCHAR(200) NOT NULL,
  "rescore" TEXT NOT NULL,
  "device" VARCHAR(40) NOT NULL,
  "device_at" TIMESTAMPTZ,
  "version" INTEGER NOT NULL
);
INSERT INTO "sheet_rebuilt" ("id", "token", "stage", "part", "seat", "blind", "counts", "state", "signature", "submitted_at", "checked_at", "checked_by", "returned_reason", "rescore", "device", "device_at", "version")
  SELECT "id", "token", "stage", "part", "seat", "blind", "counts", "state", "signature", "submitted_at", "checked_at", "checked_by", "returned_reason", '', '', NULL, "version" FROM "sheet";
DROP TABLE "sheet";
ALTER TABLE "sheet_rebuilt" RENAME TO "sheet";
CREATE TABLE "result_line_rebuilt" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "token" VARCHAR(24) NOT NULL,
  "revision" INTEGER NOT NULL REFERENCES "result_revision" ("id") ON DELETE RESTRICT,
  "entry" INTEGER NOT NULL REFERENCES "entry" ("id") ON DELETE RESTRICT,
  "attendance" VARCHAR(20) NOT NULL,
  "rank" INTEGER,
  "tied" BOOLEAN NOT NULL,
  "total" BIGINT,
  "scale" INTEGER,
  "parts" TEXT NOT NULL,
  "award" VARCHAR(40) NOT NULL,
  "award_name" VARCHAR(60) NOT NULL,
  "award_name_en" VARCHAR(80) NOT NULL,
  "award_level" VARCHAR(20) NOT NULL,
  "prize_fen" BIGINT NOT NULL,
  "qualifies" BOOLEAN NOT NULL,
  "advances" BOOLEAN NOT NULL,
  "reason" TEXT NOT NULL
);
INSERT INTO "result_line_rebuilt" ("id", "token", "revision", "entry", "attendance", "rank", "tied", "total", "scale", "parts", "award", "award_name", "award_name_en", "award_level", "prize_fen", "qualifies", "advances", "reason")
  SELECT "id", "token", "revision", "entry", "attendance", "rank", "tied", "total", NULL, "parts", "award", "award_name", "award_name_en", "award_level", "prize_fen", "qualifies", "advances", "reason" FROM "result_line";
DROP TABLE "result_line";
ALTER TABLE "result_line_rebuilt" RENAME TO "result_line";
CREATE TABLE "adjustment" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "blind" INTEGER NOT NULL REFERENCES "blind_number" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(20) NOT NULL,
  "value" BIGINT NOT NULL,
  "reason" VARCHAR(200) NOT NULL,
  "approver" VARCHAR(120) NOT NULL,
  "made_at" TIMESTAMPTZ NOT NULL,
  "made_by" INTEGER,
  "made_by_name" VARCHAR(120) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "withdrawn_by" INTEGER,
  "withdrawn_reason" VARCHAR(200) NOT NULL
);
CREATE TABLE "appeal" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "session" INTEGER REFERENCES "stage_session" ("id") ON DELETE RESTRICT,
  "blind" INTEGER NOT NULL REFERENCES "blind_number" ("id") ON DELETE RESTRICT,
  "leader" VARCHAR(120) NOT NULL,
  "subject" TEXT NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "session_ended_at" TIMESTAMPTZ NOT NULL,
  "deadline_at" TIMESTAMPTZ NOT NULL,
  "filed_at" TIMESTAMPTZ NOT NULL,
  "recorded_by" INTEGER,
  "ruling" TEXT NOT NULL,
  "ruled_at" TIMESTAMPTZ,
  "ruled_by" INTEGER,
  "ruled_by_name" VARCHAR(120) NOT NULL
);
CREATE TABLE "day_signature" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "day" INTEGER NOT NULL,
  "signed_at" TIMESTAMPTZ NOT NULL,
  "account" INTEGER NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "name" VARCHAR(120) NOT NULL,
  "signature" TEXT NOT NULL
);
CREATE TABLE "incident" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "blind" INTEGER NOT NULL REFERENCES "blind_number" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(20) NOT NULL,
  "happened_at" TIMESTAMPTZ NOT NULL,
  "minutes" INTEGER NOT NULL,
  "note" TEXT NOT NULL,
  "evidence" TEXT NOT NULL,
  "approver" VARCHAR(120) NOT NULL,
  "made_at" TIMESTAMPTZ NOT NULL,
  "made_by" INTEGER,
  "made_by_name" VARCHAR(120) NOT NULL
);
CREATE TABLE "judge_relation" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "person" INTEGER NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
  "entry" INTEGER NOT NULL REFERENCES "entry" ("id") ON DELETE RESTRICT,
  "note" VARCHAR(200) NOT NULL,
  "declared_at" TIMESTAMPTZ NOT NULL,
  "declared_by" INTEGER,
  "withdrawn_at" TIMESTAMPTZ,
  "withdrawn_by" INTEGER
);
CREATE TABLE "marking_setting" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "bar_delegation" BOOLEAN NOT NULL,
  "layers" TEXT NOT NULL,
  "arbiter" INTEGER REFERENCES "account" ("id") ON DELETE RESTRICT,
  "version" INTEGER NOT NULL
);
CREATE TABLE "recheck" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "full" BOOLEAN NOT NULL,
  "seed" VARCHAR(64) NOT NULL,
  "rule" TEXT NOT NULL,
  "drawn_at" TIMESTAMPTZ NOT NULL,
  "drawn_by" INTEGER,
  "drawn_by_name" VARCHAR(120) NOT NULL
);
CREATE TABLE "recheck_item" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "recheck" INTEGER NOT NULL REFERENCES "recheck" ("id") ON DELETE RESTRICT,
  "blind" INTEGER NOT NULL REFERENCES "blind_number" ("id") ON DELETE RESTRICT,
  "chosen" VARCHAR(20) NOT NULL,
  "sheets" INTEGER NOT NULL,
  "wrong" INTEGER NOT NULL,
  "outcome" VARCHAR(20) NOT NULL,
  "note" TEXT NOT NULL,
  "done_at" TIMESTAMPTZ,
  "done_by" INTEGER,
  "done_by_name" VARCHAR(120) NOT NULL
);
CREATE UNIQUE INDEX "stage_group_position_key" ON "stage" ("group", "position");
CREATE UNIQUE INDEX "stage_group_kind_key" ON "stage" ("group", "kind");
CREATE UNIQUE INDEX "draw_stage_layer_key" ON "draw" ("stage", "layer");
CREATE INDEX "blind_number_stage_idx" ON "blind_number" ("stage");
CREATE INDEX "adjustment_stage_idx" ON "adjustment" ("stage");
CREATE UNIQUE INDEX "appeal_stage_number_key" ON "appeal" ("stage", "number");
CREATE UNIQUE INDEX "scheme_stage_number_key" ON "scheme" ("stage", "number");
CREATE UNIQUE INDEX "scheme_stage_key" ON "scheme" ("stage") WHERE "current";
CREATE UNIQUE INDEX "scheme_part_scheme_code_key" ON "scheme_part" ("scheme", "code");
CREATE UNIQUE INDEX "aspect_part_code_key" ON "aspect" ("part", "code") WHERE "retired_at" IS NULL;
CREATE UNIQUE INDEX "day_signature_stage_day_key" ON "day_signature" ("stage", "day");
CREATE INDEX "incident_stage_idx" ON "incident" ("stage");
CREATE UNIQUE INDEX "judge_relation_stage_person_entry_key" ON "judge_relation" ("stage", "person", "entry") WHERE "withdrawn_at" IS NULL;
CREATE UNIQUE INDEX "sheet_token_key" ON "sheet" ("token");
CREATE UNIQUE INDEX "sheet_seat_blind_key" ON "sheet" ("seat", "blind");
CREATE INDEX "sheet_stage_state_idx" ON "sheet" ("stage", "state");
CREATE UNIQUE INDEX "marking_setting_stage_key" ON "marking_setting" ("stage");
CREATE UNIQUE INDEX "recheck_stage_number_key" ON "recheck" ("stage", "number");
CREATE UNIQUE INDEX "recheck_item_recheck_blind_key" ON "recheck_item" ("recheck", "blind");
CREATE UNIQUE INDEX "result_line_revision_entry_key" ON "result_line" ("revision", "entry");
CREATE UNIQUE INDEX "result_line_token_key" ON "result_line" ("token");
CREATE INDEX "result_line_entry_idx" ON "result_line" ("entry");
