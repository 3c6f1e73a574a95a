ALTER TABLE "scheme_part" ADD COLUMN "combined_by" VARCHAR(20) NOT NULL DEFAULT 'aspect';
ALTER TABLE "scheme_part" ALTER COLUMN "combined_by" DROP DEFAULT;
ALTER TABLE "scheme_part" ADD COLUMN "better" VARCHAR(20) NOT NULL DEFAULT 'more';
ALTER TABLE "scheme_part" ALTER COLUMN "better" DROP DEFAULT;
