-- min_compatible: 1

-- In which context an event was published, as the host's tracing gave it; null if there was none.
alter table webhooks_event add column trace_context text;

insert into webhooks_schema (version, min_compatible) values (2, 1);
-- min_compatible: 1

-- The id that a webhook had before it was imported, which is shown in place of id; null where the library made it.
-- id is then derived from it, so that it is unique as well and found by it.
alter table webhooks_webhook add column given_id text;

insert into webhooks_schema (version, min_compatible) values (3, 1);
