CREATE TABLE "recheck_answer" (
  "id" SERIAL PRIMARY KEY,
  "item" INTEGER NOT NULL REFERENCES "recheck_item" ("id") ON DELETE RESTRICT,
  "reason" TEXT NOT NULL,
  "answered_at" TIMESTAMPTZ NOT NULL,
  "answered_by" INTEGER,
  "answered_by_name" VARCHAR(120) NOT NULL
);
CREATE UNIQUE INDEX "recheck_answer_item_key" ON "recheck_answer" ("item");
