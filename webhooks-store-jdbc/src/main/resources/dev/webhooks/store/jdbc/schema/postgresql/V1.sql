-- min_compatible: 1

-- Registered webhooks; publishing and sending only read them. A deleted one stays as a tombstone until its rows are
-- purged. events: one pattern per line, in the given order. status: active, paused or failed. purge_at: the time of the
-- next purge of a deleted one. given_id: the id from before an import, shown in place of id, which is then derived from
-- it; null where the library made the id.
create table {webhook} (
  number bigint generated always as identity primary key,
  id uuid not null unique,
  account text collate "C" not null,
  name text,
  url text not null,
  events text not null,
  headers bytea not null,
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamptz(6),
  status text not null,
  version int not null,
  created timestamptz(6) not null,
  updated timestamptz(6) not null,
  deleted timestamptz(6),
  purge_at timestamptz(6),
  given_id text
);
create index {webhook}_account on {webhook} (account, number);
create index {webhook}_purge on {webhook} (purge_at) where purge_at is not null;

-- Webhooks by subscribed pattern.
create table {subscription} (
  account text collate "C" not null,
  pattern text collate "C" not null,
  webhook bigint not null,
  primary key (account, pattern, webhook)
);

-- Rows to lock while an account's webhooks are counted and one is added.
create table {account_lock} (
  account text collate "C" primary key
);

-- Health of endpoints that are not healthy. suspended_until: the end of a suspension, when the endpoint is probed.
-- step: the number of attempts in a row that did not reach it. last_failure: the end of the failure that last changed
-- the step.
create table {endpoint_health} (
  webhook bigint primary key,
  failures int not null,
  failing_since timestamptz(6) not null,
  last_failure timestamptz(6) not null,
  suspended_until timestamptz(6),
  step int not null,
  warned boolean not null
);

-- Running instances. A number is never used again.
create table {instance} (
  number bigint generated always as identity primary key,
  beat bigint not null,
  started timestamptz(6) not null,
  version text not null
);

-- Published events. event_id: the id that the host gave; null where the library made it and id stands for it.
-- fingerprint: of the content published under a given id. trace_context: from the host's tracing; null if there was
-- none.
create table {event} (
  id uuid primary key,
  account text collate "C" not null,
  event_id text collate "C",
  fingerprint bytea,
  type text collate "C" not null,
  body bytea not null,
  deliveries int not null,
  created timestamptz(6) not null,
  keep_until timestamptz(6) not null,
  trace_context text
);
create unique index {event}_given on {event} (account, event_id) where event_id is not null;

-- Pending deliveries. owner: the number of an instance; 0 none, -1 none because too many instances died owning it, -2 a
-- test. size: bytes of the body. kind: 0 delivery, 1 test. last_error: a code of DeliveryError.
create table {queue} (
  webhook bigint not null,
  id uuid not null,
  owner bigint not null default 0,
  event uuid not null,
  created timestamptz(6) not null,
  due timestamptz(6) not null,
  claim int not null default 0,
  size int not null,
  attempt smallint not null default 0,
  rescues smallint not null default 0,
  kind smallint not null default 0,
  last_http smallint,
  last_ms int,
  last_at timestamptz(6),
  retry_of uuid,
  type text collate "C" not null,
  last_error text,
  primary key (webhook, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
create index {queue}_claim on {queue} (owner, webhook, due);

-- Finished deliveries with their last attempt. status: success, failed, or retried for a failed one with a retry. So
-- the rows of each status are one range of both indexes, in the order of their ids. error: a code of DeliveryError.
create table {delivery} (
  webhook bigint not null,
  id uuid not null,
  event uuid not null,
  created timestamptz(6) not null,
  ended timestamptz(6) not null,
  attempts smallint not null,
  kind smallint not null,
  last_http smallint,
  last_ms int,
  last_at timestamptz(6),
  retry_of uuid,
  retried_by uuid,
  type text collate "C" not null,
  status text collate "C" not null,
  error text,
  excerpt bytea,
  primary key (webhook, id)
);
create index {delivery}_type on {delivery} (webhook, type, status, id);
create index {delivery}_status on {delivery} (webhook, status, id);

-- Attempts before the last one, and those of deliveries that ended without a request.
create table {attempt} (
  webhook bigint not null,
  delivery uuid not null,
  number smallint not null,
  http smallint,
  ms int not null,
  at timestamptz(6) not null,
  error text,
  excerpt bytea,
  primary key (webhook, delivery, number)
);

-- Counters of finished deliveries. consecutive: failed attempts since the last success.
create table {stat} (
  webhook bigint primary key,
  succeeded bigint not null,
  failed bigint not null,
  consecutive bigint not null,
  last_attempt timestamptz(6),
  last_success timestamptz(6),
  last_failure timestamptz(6)
);

-- Deltas not yet added to the counters. tail_failures: failed attempts after the last success in this row. The key
-- serves replication only, which refuses to remove rows without one; growing numbers keep it cheap.
create table {stat_delta} (
  number bigint generated always as identity primary key,
  webhook bigint not null,
  succeeded int not null,
  failed int not null,
  tail_failures int not null,
  has_success boolean not null,
  last_attempt timestamptz(6),
  last_success timestamptz(6),
  last_failure timestamptz(6)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- Idempotency keys. token: identifies the request that took the key.
create table {idempotency} (
  account text collate "C" not null,
  request_key text collate "C" not null,
  token uuid not null,
  fingerprint bytea not null,
  answer bytea,
  busy_until timestamptz(6),
  created timestamptz(6) not null,
  primary key (account, request_key)
);
create index {idempotency}_created on {idempotency} (created);

-- Erased accounts whose events are still to be removed. due: the time of the next pass. last_event: the event up to
-- which a pass has come.
create table {erasure} (
  number bigint generated always as identity primary key,
  account text collate "C" not null,
  erased timestamptz(6) not null,
  due timestamptz(6) not null,
  last_event uuid not null
);
create index {erasure}_due on {erasure} (due);
