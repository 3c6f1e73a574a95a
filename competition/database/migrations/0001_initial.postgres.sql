CREATE TABLE "account" (
  "id" SERIAL PRIMARY KEY,
  "username" VARCHAR(60) NOT NULL,
  "name" VARCHAR(120) NOT NULL,
  "name_en" VARCHAR(120) NOT NULL,
  "password_hash" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ NOT NULL,
  "disabled_at" TIMESTAMPTZ,
  "version" INTEGER NOT NULL,
  "demo" BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX "account_username_key" ON "account" ("username");
CREATE TABLE "contest" (
  "id" SERIAL PRIMARY KEY,
  "token" VARCHAR(24) NOT NULL,
  "name" VARCHAR(120) NOT NULL,
  "name_en" VARCHAR(160) NOT NULL,
  "tier" VARCHAR(20) NOT NULL,
  "contest_class" VARCHAR(20) NOT NULL,
  "category" VARCHAR(20) NOT NULL,
  "year" INTEGER NOT NULL,
  "edition" VARCHAR(40) NOT NULL,
  "document_number" VARCHAR(80) NOT NULL,
  "result_document_number" VARCHAR(80) NOT NULL,
  "place" VARCHAR(120) NOT NULL,
  "zone" VARCHAR(40) NOT NULL,
  "elsewhere" BOOLEAN NOT NULL,
  "supported" BOOLEAN NOT NULL,
  "in_annual_plan" BOOLEAN NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "entry_opens_at" TIMESTAMPTZ,
  "entry_closes_at" TIMESTAMPTZ,
  "starts_on" DATE,
  "ends_on" DATE,
  "created_at" TIMESTAMPTZ NOT NULL,
  "version" INTEGER NOT NULL,
  "fictitious" BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX "contest_token_key" ON "contest" ("token");
CREATE INDEX "contest_year_tier_idx" ON "contest" ("year", "tier");
CREATE TABLE "skill" (
  "id" SERIAL PRIMARY KEY,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "name" VARCHAR(80) NOT NULL,
  "name_en" VARCHAR(120) NOT NULL,
  "industry" VARCHAR(60) NOT NULL,
  "occupation_code" VARCHAR(10) NOT NULL,
  "occupation_edition" VARCHAR(10) NOT NULL,
  "has_national_standard" BOOLEAN NOT NULL,
  "team_size" INTEGER NOT NULL,
  "entries_per_unit" INTEGER NOT NULL,
  "born_on_or_after" DATE,
  "version" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "skill_contest_number_key" ON "skill" ("contest", "number");
CREATE UNIQUE INDEX "skill_contest_name_key" ON "skill" ("contest", "name");
CREATE TABLE "skill_group" (
  "id" SERIAL PRIMARY KEY,
  "skill" INTEGER NOT NULL REFERENCES "skill" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(20) NOT NULL,
  "award_rule" VARCHAR(60) NOT NULL,
  "minimum_entries" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "skill_group_skill_kind_key" ON "skill_group" ("skill", "kind");
CREATE TABLE "stage" (
  "id" SERIAL PRIMARY KEY,
  "group" INTEGER NOT NULL REFERENCES "skill_group" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(20) NOT NULL,
  "position" INTEGER NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "cut_kind" VARCHAR(20) NOT NULL,
  "cut_value" BIGINT NOT NULL,
  "cut_ties" VARCHAR(20) NOT NULL,
  "tie_breaks" TEXT NOT NULL,
  "version" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "stage_group_position_key" ON "stage" ("group", "position");
CREATE UNIQUE INDEX "stage_group_kind_key" ON "stage" ("group", "kind");
CREATE TABLE "scheme" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "current" BOOLEAN NOT NULL,
  "frozen_at" TIMESTAMPTZ,
  "created_at" TIMESTAMPTZ NOT NULL,
  "version" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "scheme_stage_number_key" ON "scheme" ("stage", "number");
CREATE UNIQUE INDEX "scheme_stage_key" ON "scheme" ("stage") WHERE "current";
CREATE TABLE "scheme_part" (
  "id" SERIAL PRIMARY KEY,
  "scheme" INTEGER NOT NULL REFERENCES "scheme" ("id") ON DELETE RESTRICT,
  "code" VARCHAR(10) NOT NULL,
  "name" VARCHAR(80) NOT NULL,
  "name_en" VARCHAR(120) NOT NULL,
  "position" INTEGER NOT NULL,
  "source" VARCHAR(20) NOT NULL,
  "weight" INTEGER NOT NULL,
  "maximum" BIGINT NOT NULL,
  "aggregation" VARCHAR(20) NOT NULL,
  "drop_highest" INTEGER NOT NULL,
  "drop_lowest" INTEGER NOT NULL,
  "digits" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "scheme_part_scheme_code_key" ON "scheme_part" ("scheme", "code");
CREATE TABLE "aspect" (
  "id" SERIAL PRIMARY KEY,
  "part" INTEGER NOT NULL REFERENCES "scheme_part" ("id") ON DELETE RESTRICT,
  "code" VARCHAR(10) NOT NULL,
  "title" VARCHAR(120) NOT NULL,
  "title_en" VARCHAR(160) NOT NULL,
  "position" INTEGER NOT NULL,
  "maximum" BIGINT NOT NULL,
  "step" BIGINT NOT NULL
);
CREATE UNIQUE INDEX "aspect_part_code_key" ON "aspect" ("part", "code");
CREATE TABLE "audit_record" (
  "id" SERIAL PRIMARY KEY,
  "at" TIMESTAMPTZ NOT NULL,
  "user_id" INTEGER,
  "user_name" VARCHAR(120) NOT NULL,
  "role" VARCHAR(40) NOT NULL,
  "address" VARCHAR(64) NOT NULL,
  "action" VARCHAR(60) NOT NULL,
  "subject" VARCHAR(40) NOT NULL,
  "subject_id" INTEGER,
  "detail" TEXT NOT NULL
);
CREATE INDEX "audit_record_subject_subject_id_idx" ON "audit_record" ("subject", "subject_id");
CREATE TABLE "rule_revision" (
  "id" SERIAL PRIMARY KEY,
  "code" VARCHAR(60) NOT NULL,
  "kind" VARCHAR(20) NOT NULL,
  "title" VARCHAR(200) NOT NULL,
  "title_en" VARCHAR(200) NOT NULL,
  "document_number" VARCHAR(120) NOT NULL,
  "valid_from" DATE NOT NULL,
  "valid_to" DATE,
  "standing" VARCHAR(20) NOT NULL,
  "source" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "digest" VARCHAR(64) NOT NULL,
  "origin" VARCHAR(10) NOT NULL,
  "loaded_at" TIMESTAMPTZ NOT NULL,
  "superseded_at" TIMESTAMPTZ
);
CREATE UNIQUE INDEX "rule_revision_code_digest_key" ON "rule_revision" ("code", "digest");
CREATE UNIQUE INDEX "rule_revision_code_key" ON "rule_revision" ("code") WHERE "superseded_at" IS NULL;
CREATE TABLE "subsidy_batch" (
  "id" SERIAL PRIMARY KEY,
  "token" VARCHAR(24) NOT NULL,
  "year" INTEGER NOT NULL,
  "tier" VARCHAR(20) NOT NULL,
  "number" INTEGER NOT NULL,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "rule" INTEGER NOT NULL REFERENCES "rule_revision" ("id") ON DELETE RESTRICT,
  "rate_fen" BIGINT NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "digest" VARCHAR(64) NOT NULL,
  "created_at" TIMESTAMPTZ NOT NULL,
  "notice_from" DATE,
  "notice_to" DATE,
  "version" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "subsidy_batch_token_key" ON "subsidy_batch" ("token");
CREATE UNIQUE INDEX "subsidy_batch_year_tier_number_key" ON "subsidy_batch" ("year", "tier", "number");
CREATE INDEX "subsidy_batch_contest_idx" ON "subsidy_batch" ("contest");
CREATE TABLE "batch_step" (
  "id" SERIAL PRIMARY KEY,
  "batch" INTEGER NOT NULL REFERENCES "subsidy_batch" ("id") ON DELETE RESTRICT,
  "state" VARCHAR(20) NOT NULL,
  "at" TIMESTAMPTZ NOT NULL,
  "by_name" VARCHAR(120) NOT NULL,
  "note" VARCHAR(200) NOT NULL
);
CREATE INDEX "batch_step_batch_idx" ON "batch_step" ("batch");
CREATE TABLE "draw" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "layer" VARCHAR(20) NOT NULL,
  "seed" VARCHAR(64) NOT NULL,
  "drawn_at" TIMESTAMPTZ NOT NULL,
  "drawn_by" INTEGER,
  "revealed_at" TIMESTAMPTZ,
  "revealed_by" INTEGER
);
CREATE UNIQUE INDEX "draw_stage_layer_key" ON "draw" ("stage", "layer");
CREATE TABLE "district" (
  "id" SERIAL PRIMARY KEY,
  "code" VARCHAR(6) NOT NULL,
  "name" VARCHAR(40) NOT NULL,
  "name_en" VARCHAR(60) NOT NULL,
  "position" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "district_name_key" ON "district" ("name");
CREATE TABLE "unit" (
  "id" SERIAL PRIMARY KEY,
  "token" VARCHAR(24) NOT NULL,
  "name" VARCHAR(120) NOT NULL,
  "name_en" VARCHAR(160) NOT NULL,
  "kind" VARCHAR(20) NOT NULL,
  "credit_code" VARCHAR(18) NOT NULL,
  "district" INTEGER REFERENCES "district" ("id") ON DELETE RESTRICT,
  "in_city" BOOLEAN NOT NULL,
  "industry" VARCHAR(60) NOT NULL,
  "contact_name" VARCHAR(60) NOT NULL,
  "phone_sealed" TEXT NOT NULL,
  "phone_mask" VARCHAR(20) NOT NULL,
  "bank_name" VARCHAR(120) NOT NULL,
  "account_name" VARCHAR(120) NOT NULL,
  "account_sealed" TEXT NOT NULL,
  "account_tail" VARCHAR(4) NOT NULL,
  "account_verified_at" TIMESTAMPTZ,
  "created_at" TIMESTAMPTZ NOT NULL,
  "version" INTEGER NOT NULL,
  "fictitious" BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX "unit_token_key" ON "unit" ("token");
CREATE UNIQUE INDEX "unit_credit_code_key" ON "unit" ("credit_code");
CREATE INDEX "unit_district_idx" ON "unit" ("district");
CREATE INDEX "unit_name_idx" ON "unit" ("name");
CREATE TABLE "entry" (
  "id" SERIAL PRIMARY KEY,
  "token" VARCHAR(24) NOT NULL,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "skill" INTEGER NOT NULL REFERENCES "skill" ("id") ON DELETE RESTRICT,
  "group" INTEGER NOT NULL REFERENCES "skill_group" ("id") ON DELETE RESTRICT,
  "unit" INTEGER REFERENCES "unit" ("id") ON DELETE RESTRICT,
  "team_name" VARCHAR(80) NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "reason" VARCHAR(200) NOT NULL,
  "created_at" TIMESTAMPTZ NOT NULL,
  "created_by" INTEGER,
  "submitted_at" TIMESTAMPTZ,
  "decided_at" TIMESTAMPTZ,
  "decided_by" INTEGER,
  "version" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "entry_token_key" ON "entry" ("token");
CREATE INDEX "entry_contest_unit_idx" ON "entry" ("contest", "unit");
CREATE INDEX "entry_group_idx" ON "entry" ("group");
CREATE INDEX "entry_contest_state_idx" ON "entry" ("contest", "state");
CREATE TABLE "stage_session" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "venue" VARCHAR(120) NOT NULL,
  "starts_at" TIMESTAMPTZ,
  "ends_at" TIMESTAMPTZ,
  "stations" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "stage_session_stage_number_key" ON "stage_session" ("stage", "number");
CREATE TABLE "blind_number" (
  "id" SERIAL PRIMARY KEY,
  "draw" INTEGER NOT NULL REFERENCES "draw" ("id") ON DELETE RESTRICT,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "label" VARCHAR(10) NOT NULL,
  "entry" INTEGER NOT NULL REFERENCES "entry" ("id") ON DELETE RESTRICT,
  "session" INTEGER REFERENCES "stage_session" ("id") ON DELETE RESTRICT,
  "station" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "blind_number_draw_number_key" ON "blind_number" ("draw", "number");
CREATE UNIQUE INDEX "blind_number_draw_entry_key" ON "blind_number" ("draw", "entry");
CREATE INDEX "blind_number_entry_idx" ON "blind_number" ("entry");
CREATE TABLE "declined_place" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "entry" INTEGER NOT NULL REFERENCES "entry" ("id") ON DELETE RESTRICT,
  "reason" VARCHAR(200) NOT NULL,
  "declined_at" TIMESTAMPTZ NOT NULL,
  "declined_by" INTEGER,
  "taken_back_at" TIMESTAMPTZ
);
CREATE UNIQUE INDEX "declined_place_stage_entry_key" ON "declined_place" ("stage", "entry") WHERE "taken_back_at" IS NULL;
CREATE TABLE "person" (
  "id" SERIAL PRIMARY KEY,
  "token" VARCHAR(24) NOT NULL,
  "name" VARCHAR(60) NOT NULL,
  "name_en" VARCHAR(120) NOT NULL,
  "sex" VARCHAR(10) NOT NULL,
  "born_on" DATE,
  "id_kind" VARCHAR(20) NOT NULL,
  "id_sealed" TEXT NOT NULL,
  "id_digest" VARCHAR(64) NOT NULL,
  "id_mask" VARCHAR(40) NOT NULL,
  "phone_sealed" TEXT NOT NULL,
  "phone_mask" VARCHAR(20) NOT NULL,
  "unit" INTEGER REFERENCES "unit" ("id") ON DELETE RESTRICT,
  "status" VARCHAR(20) NOT NULL,
  "honours" VARCHAR(200) NOT NULL,
  "created_at" TIMESTAMPTZ NOT NULL,
  "version" INTEGER NOT NULL,
  "fictitious" BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX "person_token_key" ON "person" ("token");
CREATE UNIQUE INDEX "person_id_digest_key" ON "person" ("id_digest");
CREATE INDEX "person_unit_idx" ON "person" ("unit");
CREATE INDEX "person_name_idx" ON "person" ("name");
CREATE TABLE "entry_coach" (
  "id" SERIAL PRIMARY KEY,
  "entry" INTEGER NOT NULL REFERENCES "entry" ("id") ON DELETE RESTRICT,
  "person" INTEGER NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
  "main" BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX "entry_coach_entry_person_key" ON "entry_coach" ("entry", "person");
CREATE UNIQUE INDEX "entry_coach_entry_key" ON "entry_coach" ("entry") WHERE "main";
CREATE INDEX "entry_coach_person_idx" ON "entry_coach" ("person");
CREATE TABLE "entry_import" (
  "id" SERIAL PRIMARY KEY,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "unit" INTEGER NOT NULL REFERENCES "unit" ("id") ON DELETE RESTRICT,
  "filename" VARCHAR(160) NOT NULL,
  "uploaded_at" TIMESTAMPTZ NOT NULL,
  "uploaded_by" INTEGER,
  "rows" TEXT NOT NULL,
  "state" VARCHAR(20) NOT NULL
);
CREATE INDEX "entry_import_contest_unit_idx" ON "entry_import" ("contest", "unit");
CREATE TABLE "entry_member" (
  "id" SERIAL PRIMARY KEY,
  "entry" INTEGER NOT NULL REFERENCES "entry" ("id") ON DELETE RESTRICT,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "person" INTEGER NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
  "unit" INTEGER REFERENCES "unit" ("id") ON DELETE RESTRICT,
  "status" VARCHAR(20) NOT NULL,
  "level_held" VARCHAR(20) NOT NULL,
  "guardian_consent" BOOLEAN NOT NULL,
  "active" BOOLEAN NOT NULL
);
CREATE INDEX "entry_member_entry_idx" ON "entry_member" ("entry");
CREATE INDEX "entry_member_person_idx" ON "entry_member" ("person");
CREATE UNIQUE INDEX "entry_member_contest_person_key" ON "entry_member" ("contest", "person") WHERE "active";
CREATE TABLE "funding_line" (
  "id" SERIAL PRIMARY KEY,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(20) NOT NULL,
  "budget_fen" BIGINT NOT NULL,
  "actual_fen" BIGINT NOT NULL
);
CREATE UNIQUE INDEX "funding_line_contest_source_key" ON "funding_line" ("contest", "source");
CREATE TABLE "host" (
  "id" SERIAL PRIMARY KEY,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(20) NOT NULL,
  "role" VARCHAR(20) NOT NULL,
  "name" VARCHAR(120) NOT NULL
);
CREATE INDEX "host_contest_idx" ON "host" ("contest");
CREATE TABLE "imported_score" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "part" INTEGER NOT NULL REFERENCES "scheme_part" ("id") ON DELETE RESTRICT,
  "entry" INTEGER NOT NULL REFERENCES "entry" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "value" BIGINT NOT NULL,
  "current" BOOLEAN NOT NULL,
  "source" VARCHAR(160) NOT NULL,
  "made_at" TIMESTAMPTZ NOT NULL,
  "made_by" INTEGER
);
CREATE UNIQUE INDEX "imported_score_part_entry_key" ON "imported_score" ("part", "entry") WHERE "current";
CREATE INDEX "imported_score_stage_idx" ON "imported_score" ("stage");
CREATE TABLE "level_held" (
  "id" SERIAL PRIMARY KEY,
  "person" INTEGER NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
  "occupation_code" VARCHAR(10) NOT NULL,
  "level" VARCHAR(20) NOT NULL,
  "certificate_number" VARCHAR(60) NOT NULL,
  "awarded_on" DATE,
  "source" VARCHAR(120) NOT NULL,
  "recorded_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "level_held_person_occupation_code_idx" ON "level_held" ("person", "occupation_code");
CREATE TABLE "panel" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "part" INTEGER NOT NULL REFERENCES "scheme_part" ("id") ON DELETE RESTRICT,
  "name" VARCHAR(60) NOT NULL
);
CREATE UNIQUE INDEX "panel_part_key" ON "panel" ("part");
CREATE INDEX "panel_stage_idx" ON "panel" ("stage");
CREATE TABLE "panel_seat" (
  "id" SERIAL PRIMARY KEY,
  "panel" INTEGER NOT NULL REFERENCES "panel" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "person" INTEGER NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
  "account" INTEGER NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "trainee" BOOLEAN NOT NULL,
  "substitute" BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX "panel_seat_panel_number_key" ON "panel_seat" ("panel", "number");
CREATE UNIQUE INDEX "panel_seat_panel_person_key" ON "panel_seat" ("panel", "person");
CREATE INDEX "panel_seat_account_idx" ON "panel_seat" ("account");
CREATE TABLE "sheet" (
  "id" SERIAL PRIMARY KEY,
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
  "version" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "sheet_token_key" ON "sheet" ("token");
CREATE UNIQUE INDEX "sheet_seat_blind_key" ON "sheet" ("seat", "blind");
CREATE INDEX "sheet_stage_state_idx" ON "sheet" ("stage", "state");
CREATE TABLE "mark" (
  "id" SERIAL PRIMARY KEY,
  "sheet" INTEGER NOT NULL REFERENCES "sheet" ("id") ON DELETE RESTRICT,
  "aspect" INTEGER NOT NULL REFERENCES "aspect" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "value" BIGINT,
  "current" BOOLEAN NOT NULL,
  "client_id" VARCHAR(40) NOT NULL,
  "made_at" TIMESTAMPTZ NOT NULL,
  "made_by" INTEGER,
  "made_by_name" VARCHAR(120) NOT NULL,
  "reason" VARCHAR(200) NOT NULL
);
CREATE UNIQUE INDEX "mark_sheet_aspect_key" ON "mark" ("sheet", "aspect") WHERE "current";
CREATE UNIQUE INDEX "mark_client_id_key" ON "mark" ("client_id");
CREATE INDEX "mark_sheet_aspect_idx" ON "mark" ("sheet", "aspect");
CREATE TABLE "objection" (
  "id" SERIAL PRIMARY KEY,
  "batch" INTEGER NOT NULL REFERENCES "subsidy_batch" ("id") ON DELETE RESTRICT,
  "raised_by" VARCHAR(120) NOT NULL,
  "claim" TEXT NOT NULL,
  "raised_at" TIMESTAMPTZ NOT NULL,
  "answer" TEXT NOT NULL,
  "upheld" BOOLEAN NOT NULL,
  "answered_at" TIMESTAMPTZ,
  "answered_by" INTEGER
);
CREATE INDEX "objection_batch_idx" ON "objection" ("batch");
CREATE TABLE "occupation" (
  "id" SERIAL PRIMARY KEY,
  "code" VARCHAR(10) NOT NULL,
  "edition" VARCHAR(10) NOT NULL,
  "name" VARCHAR(80) NOT NULL,
  "name_en" VARCHAR(120) NOT NULL
);
CREATE UNIQUE INDEX "occupation_code_edition_key" ON "occupation" ("code", "edition");
CREATE TABLE "pool_membership" (
  "id" SERIAL PRIMARY KEY,
  "person" INTEGER NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
  "pool" VARCHAR(20) NOT NULL,
  "joined_at" TIMESTAMPTZ NOT NULL,
  "source_kind" VARCHAR(40) NOT NULL,
  "source_id" INTEGER,
  "source" VARCHAR(200) NOT NULL,
  "certificate_level" VARCHAR(20) NOT NULL,
  "certificate_number" VARCHAR(60) NOT NULL,
  "issued_on" DATE,
  "expires_on" DATE,
  "occupations" VARCHAR(200) NOT NULL,
  "note" TEXT NOT NULL,
  "left_at" TIMESTAMPTZ,
  "left_reason" VARCHAR(200) NOT NULL
);
CREATE UNIQUE INDEX "pool_membership_person_pool_key" ON "pool_membership" ("person", "pool") WHERE "left_at" IS NULL;
CREATE INDEX "pool_membership_pool_idx" ON "pool_membership" ("pool");
CREATE TABLE "promotion_case" (
  "id" SERIAL PRIMARY KEY,
  "member" INTEGER NOT NULL REFERENCES "entry_member" ("id") ON DELETE RESTRICT,
  "person" INTEGER NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "skill" INTEGER NOT NULL REFERENCES "skill" ("id") ON DELETE RESTRICT,
  "rule" INTEGER NOT NULL REFERENCES "rule_revision" ("id") ON DELETE RESTRICT,
  "rule_text" TEXT NOT NULL,
  "revision" INTEGER,
  "rank" INTEGER,
  "award_name" VARCHAR(60) NOT NULL,
  "year" INTEGER NOT NULL,
  "level_held" VARCHAR(20) NOT NULL,
  "level_proposed" VARCHAR(20) NOT NULL,
  "honours" VARCHAR(200) NOT NULL,
  "conditions" TEXT NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "decision_reason" VARCHAR(300) NOT NULL,
  "proposed_at" TIMESTAMPTZ NOT NULL,
  "decided_at" TIMESTAMPTZ,
  "decided_by" INTEGER,
  "decided_by_name" VARCHAR(120) NOT NULL,
  "certificate_number" VARCHAR(60) NOT NULL,
  "followed_up" TEXT NOT NULL,
  "version" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "promotion_case_member_rule_key" ON "promotion_case" ("member", "rule");
CREATE INDEX "promotion_case_person_year_idx" ON "promotion_case" ("person", "year");
CREATE INDEX "promotion_case_state_idx" ON "promotion_case" ("state");
CREATE TABLE "recusal" (
  "id" SERIAL PRIMARY KEY,
  "seat" INTEGER NOT NULL REFERENCES "panel_seat" ("id") ON DELETE RESTRICT,
  "blind" INTEGER NOT NULL REFERENCES "blind_number" ("id") ON DELETE RESTRICT,
  "reason" VARCHAR(200) NOT NULL,
  "declared_at" TIMESTAMPTZ NOT NULL,
  "declared_by" INTEGER
);
CREATE UNIQUE INDEX "recusal_seat_blind_key" ON "recusal" ("seat", "blind");
CREATE TABLE "result_revision" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "number" INTEGER NOT NULL,
  "kind" VARCHAR(20) NOT NULL,
  "current" BOOLEAN NOT NULL,
  "computed_at" TIMESTAMPTZ NOT NULL,
  "computed_by" INTEGER,
  "digest" VARCHAR(64) NOT NULL,
  "source" VARCHAR(200) NOT NULL,
  "entrants" INTEGER NOT NULL,
  "reason" VARCHAR(200) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "released_by" INTEGER,
  "discarded_at" TIMESTAMPTZ
);
CREATE UNIQUE INDEX "result_revision_stage_number_key" ON "result_revision" ("stage", "number") WHERE "number" > 0;
CREATE UNIQUE INDEX "result_revision_stage_key" ON "result_revision" ("stage") WHERE "current";
CREATE INDEX "result_revision_stage_id_idx" ON "result_revision" ("stage", "id");
CREATE INDEX "result_revision_released_at_idx" ON "result_revision" ("released_at");
CREATE TABLE "result_line" (
  "id" SERIAL PRIMARY KEY,
  "token" VARCHAR(24) NOT NULL,
  "revision" INTEGER NOT NULL REFERENCES "result_revision" ("id") ON DELETE RESTRICT,
  "entry" INTEGER NOT NULL REFERENCES "entry" ("id") ON DELETE RESTRICT,
  "attendance" VARCHAR(20) NOT NULL,
  "rank" INTEGER,
  "tied" BOOLEAN NOT NULL,
  "total" BIGINT,
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
CREATE UNIQUE INDEX "result_line_revision_entry_key" ON "result_line" ("revision", "entry");
CREATE UNIQUE INDEX "result_line_token_key" ON "result_line" ("token");
CREATE INDEX "result_line_entry_idx" ON "result_line" ("entry");
CREATE TABLE "role_grant" (
  "id" SERIAL PRIMARY KEY,
  "account" INTEGER NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "role" VARCHAR(40) NOT NULL,
  "scope_kind" VARCHAR(20) NOT NULL,
  "scope_id" INTEGER NOT NULL,
  "granted_at" TIMESTAMPTZ NOT NULL,
  "revoked_at" TIMESTAMPTZ
);
CREATE UNIQUE INDEX "role_grant_account_role_scope_kind_scope_id_key" ON "role_grant" ("account", "role", "scope_kind", "scope_id") WHERE "revoked_at" IS NULL;
CREATE INDEX "role_grant_scope_kind_scope_id_idx" ON "role_grant" ("scope_kind", "scope_id");
CREATE TABLE "seedling" (
  "id" SERIAL PRIMARY KEY,
  "person" INTEGER NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "skill" INTEGER NOT NULL REFERENCES "skill" ("id") ON DELETE RESTRICT,
  "rule" INTEGER NOT NULL REFERENCES "rule_revision" ("id") ON DELETE RESTRICT,
  "coach" INTEGER REFERENCES "person" ("id") ON DELETE RESTRICT,
  "revision" INTEGER,
  "rank" INTEGER,
  "award_name" VARCHAR(60) NOT NULL,
  "reason" TEXT NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "stage" VARCHAR(20) NOT NULL,
  "proposed_at" TIMESTAMPTZ NOT NULL,
  "decided_at" TIMESTAMPTZ,
  "decided_by" INTEGER,
  "decision_reason" VARCHAR(300) NOT NULL,
  "exit_reason" VARCHAR(200) NOT NULL,
  "version" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "seedling_person_skill_key" ON "seedling" ("person", "skill");
CREATE INDEX "seedling_state_idx" ON "seedling" ("state");
CREATE TABLE "seedling_step" (
  "id" SERIAL PRIMARY KEY,
  "seedling" INTEGER NOT NULL REFERENCES "seedling" ("id") ON DELETE RESTRICT,
  "stage" VARCHAR(20) NOT NULL,
  "at" TIMESTAMPTZ NOT NULL,
  "by_name" VARCHAR(120) NOT NULL,
  "note" VARCHAR(200) NOT NULL
);
CREATE INDEX "seedling_step_seedling_idx" ON "seedling_step" ("seedling");
CREATE TABLE "side_event" (
  "id" SERIAL PRIMARY KEY,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(20) NOT NULL,
  "name" VARCHAR(120) NOT NULL,
  "held_on" DATE,
  "place" VARCHAR(120) NOT NULL
);
CREATE INDEX "side_event_contest_idx" ON "side_event" ("contest");
CREATE TABLE "sign_in_code" (
  "id" SERIAL PRIMARY KEY,
  "token_digest" VARCHAR(64) NOT NULL,
  "account" INTEGER NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "note" VARCHAR(120) NOT NULL,
  "created_at" TIMESTAMPTZ NOT NULL,
  "expires_at" TIMESTAMPTZ NOT NULL,
  "used_at" TIMESTAMPTZ,
  "revoked_at" TIMESTAMPTZ
);
CREATE UNIQUE INDEX "sign_in_code_token_digest_key" ON "sign_in_code" ("token_digest");
CREATE INDEX "sign_in_code_account_idx" ON "sign_in_code" ("account");
CREATE TABLE "sign_in_failure" (
  "id" SERIAL PRIMARY KEY,
  "username" VARCHAR(60) NOT NULL,
  "address" VARCHAR(64) NOT NULL,
  "at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "sign_in_failure_username_at_idx" ON "sign_in_failure" ("username", "at");
CREATE INDEX "sign_in_failure_address_at_idx" ON "sign_in_failure" ("address", "at");
CREATE TABLE "sign_in_session" (
  "id" SERIAL PRIMARY KEY,
  "token_digest" VARCHAR(64) NOT NULL,
  "account" INTEGER NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(20) NOT NULL,
  "created_at" TIMESTAMPTZ NOT NULL,
  "expires_at" TIMESTAMPTZ NOT NULL,
  "ended_at" TIMESTAMPTZ
);
CREATE UNIQUE INDEX "sign_in_session_token_digest_key" ON "sign_in_session" ("token_digest");
CREATE INDEX "sign_in_session_account_idx" ON "sign_in_session" ("account");
CREATE TABLE "stage_place" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "entry" INTEGER NOT NULL REFERENCES "entry" ("id") ON DELETE RESTRICT,
  "reason" VARCHAR(200) NOT NULL,
  "from_revision" INTEGER,
  "position" INTEGER NOT NULL,
  "declined_at" TIMESTAMPTZ,
  "declined_reason" VARCHAR(200) NOT NULL,
  "session" INTEGER REFERENCES "stage_session" ("id") ON DELETE RESTRICT,
  "attendance" VARCHAR(20) NOT NULL,
  "attended_at" TIMESTAMPTZ,
  "attended_by" INTEGER,
  "attendance_reason" VARCHAR(200) NOT NULL
);
CREATE UNIQUE INDEX "stage_place_stage_entry_key" ON "stage_place" ("stage", "entry");
CREATE INDEX "stage_place_entry_idx" ON "stage_place" ("entry");
CREATE TABLE "stage_signature" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(20) NOT NULL,
  "signed_at" TIMESTAMPTZ NOT NULL,
  "account" INTEGER NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "name" VARCHAR(120) NOT NULL,
  "signature" TEXT NOT NULL
);
CREATE UNIQUE INDEX "stage_signature_stage_kind_key" ON "stage_signature" ("stage", "kind");
CREATE TABLE "subsidy_line" (
  "id" SERIAL PRIMARY KEY,
  "batch" INTEGER NOT NULL REFERENCES "subsidy_batch" ("id") ON DELETE RESTRICT,
  "member" INTEGER NOT NULL REFERENCES "entry_member" ("id") ON DELETE RESTRICT,
  "person" INTEGER NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
  "unit" INTEGER REFERENCES "unit" ("id") ON DELETE RESTRICT,
  "skill" INTEGER NOT NULL REFERENCES "skill" ("id") ON DELETE RESTRICT,
  "group_kind" VARCHAR(20) NOT NULL,
  "revision" INTEGER,
  "revision_number" INTEGER NOT NULL,
  "state" VARCHAR(20) NOT NULL,
  "reason" TEXT NOT NULL,
  "amount_fen" BIGINT NOT NULL
);
CREATE UNIQUE INDEX "subsidy_line_member_key" ON "subsidy_line" ("member") WHERE "state" = 'due';
CREATE UNIQUE INDEX "subsidy_line_batch_member_key" ON "subsidy_line" ("batch", "member");
CREATE INDEX "subsidy_line_unit_idx" ON "subsidy_line" ("unit");
CREATE INDEX "subsidy_line_person_idx" ON "subsidy_line" ("person");
CREATE TABLE "tie_decision" (
  "id" SERIAL PRIMARY KEY,
  "stage" INTEGER NOT NULL REFERENCES "stage" ("id") ON DELETE RESTRICT,
  "ordered" TEXT NOT NULL,
  "reason" VARCHAR(200) NOT NULL,
  "decided_at" TIMESTAMPTZ NOT NULL,
  "decided_by" INTEGER
);
CREATE INDEX "tie_decision_stage_idx" ON "tie_decision" ("stage");
CREATE TABLE "upward_place" (
  "id" SERIAL PRIMARY KEY,
  "contest" INTEGER NOT NULL REFERENCES "contest" ("id") ON DELETE RESTRICT,
  "skill" INTEGER REFERENCES "skill" ("id") ON DELETE RESTRICT,
  "target_tier" VARCHAR(20) NOT NULL,
  "target_name" VARCHAR(120) NOT NULL,
  "group_kind" VARCHAR(20) NOT NULL,
  "places" INTEGER NOT NULL
);
CREATE INDEX "upward_place_contest_idx" ON "upward_place" ("contest");
