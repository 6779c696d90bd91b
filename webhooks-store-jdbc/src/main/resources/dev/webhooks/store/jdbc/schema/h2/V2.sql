-- min_compatible: 1

-- In which context an event was published, as the host's tracing gave it; null if there was none.
alter table {event} add column if not exists trace_context varchar(512);
