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
  "layer" VARCHAR(20) NOT NULL,
  "combined_by" VARCHAR(20) NOT NULL,
  "better" VARCHAR(20) NOT NULL
);
INSERT INTO "scheme_part_rebuilt" ("id", "scheme", "code", "name", "name_en", "position", "source", "weight", "maximum", "aggregation", "drop_highest", "drop_lowest", "digits", "criterion", "sub_criterion", "day", "method", "layer", "combined_by", "better")
  SELECT "id", "scheme", "code", "name", "name_en", "position", "source", "weight", "maximum", "aggregation", "drop_highest", "drop_lowest", "digits", "criterion", "sub_criterion", "day", "method", "layer", 'aspect', 'more' FROM "scheme_part";
DROP TABLE "scheme_part";
ALTER TABLE "scheme_part_rebuilt" RENAME TO "scheme_part";
CREATE UNIQUE INDEX "scheme_part_scheme_code_key" ON "scheme_part" ("scheme", "code");
