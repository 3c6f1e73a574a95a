CREATE TABLE "published_standing" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "name" VARCHAR(60) NOT NULL,
  "ours" BOOLEAN NOT NULL,
  "rank" INTEGER NOT NULL,
  "gold" INTEGER NOT NULL,
  "silver" INTEGER NOT NULL,
  "bronze" INTEGER NOT NULL,
  "excellence" INTEGER,
  "points" INTEGER,
  "source" VARCHAR(200) NOT NULL,
  "recorded_at" TIMESTAMPTZ NOT NULL,
  "recorded_by" INTEGER
);
CREATE UNIQUE INDEX "published_standing_contest_name_key" ON "published_standing" ("contest", "name");
