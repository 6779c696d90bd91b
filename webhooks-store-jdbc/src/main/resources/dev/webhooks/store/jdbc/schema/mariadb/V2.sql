-- min_compatible: 1

-- In which context an event was published, as the host's tracing gave it; null if there was none. Not to wait long:
-- whoever publishes waits behind a change that waits for an open transaction.
alter table {event} wait 1 add column if not exists trace_context varchar(512);
