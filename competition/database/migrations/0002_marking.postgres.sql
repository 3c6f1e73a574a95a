ALTER TABLE "stage" ADD COLUMN "cut_reserved" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "stage" ALTER COLUMN "cut_reserved" DROP DEFAULT;
ALTER TABLE "stage" ADD COLUMN "rank_ties" VARCHAR(20) NOT NULL DEFAULT 'shared';
ALTER TABLE "stage" ALTER COLUMN "rank_ties" DROP DEFAULT;
ALTER TABLE "draw" ADD COLUMN "reveal_asked_at" TIMESTAMPTZ;
ALTER TABLE "draw" ADD COLUMN "reveal_asked_by" INTEGER;
ALTER TABLE "scheme" ADD COLUMN "created_by" INTEGER;
ALTER TABLE "scheme" ADD COLUMN "title" VARCHAR(200) NOT NULL DEFAULT '';
ALTER TABLE "scheme" ALTER COLUMN "title" DROP DEFAULT;
ALTER TABLE "scheme" ADD COLUMN "reason" VARCHAR(200) NOT NULL DEFAULT '';
ALTER TABLE "scheme" ALTER COLUMN "reason" DROP DEFAULT;
ALTER TABLE "scheme" ADD COLUMN "document" TEXT NOT NULL DEFAULT '';
ALTER TABLE "scheme" ALTER COLUMN "document" DROP DEFAULT;
ALTER TABLE "scheme" ADD COLUMN "criteria" TEXT NOT NULL DEFAULT '';
ALTER TABLE "scheme" ALTER COLUMN "criteria" DROP DEFAULT;
ALTER TABLE "scheme" ADD COLUMN "sections" TEXT NOT NULL DEFAULT '';
ALTER TABLE "scheme" ALTER COLUMN "sections" DROP DEFAULT;
ALTER TABLE "scheme" ADD COLUMN "digits" INTEGER NOT NULL DEFAULT 2;
ALTER TABLE "scheme" ALTER COLUMN "digits" DROP DEFAULT;
ALTER TABLE "scheme_part" ALTER COLUMN "name" TYPE VARCHAR(200);
ALTER TABLE "scheme_part" ALTER COLUMN "name_en" TYPE VARCHAR(200);
ALTER TABLE "scheme_part" ADD COLUMN "criterion" VARCHAR(10) NOT NULL DEFAULT '';
ALTER TABLE "scheme_part" ALTER COLUMN "criterion" DROP DEFAULT;
ALTER TABLE "scheme_part" ADD COLUMN "sub_criterion" VARCHAR(10) NOT NULL DEFAULT '';
ALTER TABLE "scheme_part" ALTER COLUMN "sub_criterion" DROP DEFAULT;
ALTER TABLE "scheme_part" ADD COLUMN "day" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "scheme_part" ALTER COLUMN "day" DROP DEFAULT;
ALTER TABLE "scheme_part" ADD COLUMN "method" VARCHAR(20) NOT NULL DEFAULT 'score';
ALTER TABLE "scheme_part" ALTER COLUMN "method" DROP DEFAULT;
ALTER TABLE "scheme_part" ADD COLUMN "layer" VARCHAR(20) NOT NULL DEFAULT 'number';
ALTER TABLE "scheme_part" ALTER COLUMN "layer" DROP DEFAULT;
ALTER TABLE "aspect" ALTER COLUMN "title" TYPE VARCHAR(400);
ALTER TABLE "aspect" ALTER COLUMN "title_en" TYPE VARCHAR(400);
ALTER TABLE "aspect" ADD COLUMN "place" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "aspect" ALTER COLUMN "place" DROP DEFAULT;
ALTER TABLE "aspect" ADD COLUMN "calculation" TEXT NOT NULL DEFAULT '';
ALTER TABLE "aspect" ALTER COLUMN "calculation" DROP DEFAULT;
ALTER TABLE "aspect" ADD COLUMN "descriptors" TEXT NOT NULL DEFAULT '';
ALTER TABLE "aspect" ALTER COLUMN "descriptors" DROP DEFAULT;
ALTER TABLE "aspect" ADD COLUMN "note" TEXT NOT NULL DEFAULT '';
ALTER TABLE "aspect" ALTER COLUMN "note" DROP DEFAULT;
ALTER TABLE "aspect" ADD COLUMN "requirement" TEXT NOT NULL DEFAULT '';
ALTER TABLE "aspect" ALTER COLUMN "requirement" DROP DEFAULT;
ALTER TABLE "aspect" ADD COLUMN "section" VARCHAR(10) NOT NULL DEFAULT '';
ALTER TABLE "aspect" ALTER COLUMN "section" DROP DEFAULT;
ALTER TABLE "aspect" ADD COLUMN "retired_at" TIMESTAMPTZ;
ALTER TABLE "sheet" ADD COLUMN "rescore" TEXT NOT NULL DEFAULT '';
ALTER TABLE "sheet" ALTER COLUMN "rescore" DROP DEFAULT;
ALTER TABLE "sheet" ADD COLUMN "device" VARCHAR(40) NOT NULL DEFAULT '';
ALTER TABLE "sheet" ALTER COLUMN "device" DROP DEFAULT;
ALTER TABLE "sheet" ADD COLUMN "device_at" TIMESTAMPTZ;
ALTER TABLE "result_line" ADD COLUMN "scale" INTEGER;
UPDATE "scheme_part" SET "weight" = "weight" * 100;
DROP INDEX "aspect_part_code_key";
CREATE TABLE "adjustment" (
  "id" SERIAL PRIMARY KEY,
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
  "id" SERIAL PRIMARY KEY,
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
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "day" INTEGER NOT NULL,
  "signed_at" TIMESTAMPTZ NOT NULL,
  "account" INTEGER NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "name" VARCHAR(120) NOT NULL,
  "signature" TEXT NOT NULL
);
CREATE TABLE "incident" (
  "id" SERIAL PRIMARY KEY,
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
  "id" SERIAL PRIMARY KEY,
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
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "bar_delegation" BOOLEAN NOT NULL,
  "layers" TEXT NOT NULL,
  "arbiter" INTEGER REFERENCES "account" ("id") ON DELETE RESTRICT,
  "version" INTEGER NOT NULL
);
CREATE TABLE "recheck" (
  "id" SERIAL PRIMARY KEY,
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
  "id" SERIAL PRIMARY KEY,
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
CREATE INDEX "blind_number_stage_idx" ON "blind_number" ("stage");
CREATE INDEX "adjustment_stage_idx" ON "adjustment" ("stage");
CREATE UNIQUE INDEX "appeal_stage_number_key" ON "appeal" ("stage", "number");
CREATE UNIQUE INDEX "aspect_part_code_key" ON "aspect" ("part", "code") WHERE "retired_at" IS NULL;
CREATE UNIQUE INDEX "day_signature_stage_day_key" ON "day_signature" ("stage", "day");
CREATE INDEX "incident_stage_idx" ON "incident" ("stage");
CREATE UNIQUE INDEX "judge_relation_stage_person_entry_key" ON "judge_relation" ("stage", "person", "entry") WHERE "withdrawn_at" IS NULL;
CREATE UNIQUE INDEX "marking_setting_stage_key" ON "marking_setting" ("stage");
CREATE UNIQUE INDEX "recheck_stage_number_key" ON "recheck" ("stage", "number");
CREATE UNIQUE INDEX "recheck_item_recheck_blind_key" ON "recheck_item" ("recheck", "blind");
