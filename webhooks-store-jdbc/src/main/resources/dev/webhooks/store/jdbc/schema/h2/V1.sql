-- min_compatible: 1

-- Keys (accounts, ids that hosts give, event types, patterns) are the bytes of their UTF-8 text, so that they are
-- compared byte by byte whatever IGNORECASE or COLLATION says. Every statement can be repeated, since H2 commits
-- each one by itself.

-- Registered webhooks; publishing and sending only read them. A deleted one stays as a tombstone until its rows are
-- purged. events: one pattern per line, in the given order. status: active, paused or failed. purge_at: the time of the
-- next purge of a deleted one. given_id: the id from before an import, shown in place of id, which is then derived from
-- it; null where the library made the id.
create table if not exists {webhook} (
  number bigint generated always as identity primary key,
  id uuid not null unique,
  account varbinary(255) not null,
  name varchar,
  url varchar not null,
  events varchar not null,
  headers varbinary not null,
  secret varbinary not null,
  old_secret varbinary,
  old_secret_until timestamp(6) with time zone,
  status varchar not null,
  version int not null,
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted timestamp(6) with time zone,
  purge_at timestamp(6) with time zone,
  given_id varchar(64)
);
create index if not exists {webhook}_account on {webhook} (account, number);
create index if not exists {webhook}_purge on {webhook} (purge_at);

-- Webhooks by subscribed pattern.
create table if not exists {subscription} (
  account varbinary(255) not null,
  pattern varbinary(255) not null,
  webhook bigint not null,
  primary key (account, pattern, webhook)
);

-- Rows to lock while an account's webhooks are counted and one is added.
create table if not exists {account_lock} (
  account varbinary(255) primary key
);

-- Health of endpoints that are not healthy. suspended_until: the end of a suspension, when the endpoint is probed.
-- step: the number of attempts in a row that did not reach it. last_failure: the end of the failure that last changed
-- the step.
create table if not exists {endpoint_health} (
  webhook bigint primary key,
  failures int not null,
  failing_since timestamp(6) with time zone not null,
  last_failure timestamp(6) with time zone not null,
  suspended_until timestamp(6) with time zone,
  step int not null,
  warned boolean not null
);

-- Running instances. A number is never used again.
create table if not exists {instance} (
  number bigint generated always as identity primary key,
  beat bigint not null,
  started timestamp(6) with time zone not null,
  version varchar not null
);

-- Published events. event_id: the id that the host gave; null where the library made it and id stands for it.
-- fingerprint: of the content published under a given id. trace_context: from the host's tracing; null if there was
-- none.
create table if not exists {event} (
  id uuid primary key,
  account varbinary(255) not null,
  event_id varbinary(64),
  fingerprint varbinary,
  type varbinary(255) not null,
  body varbinary not null,
  deliveries int not null,
  created timestamp(6) with time zone not null,
  keep_until timestamp(6) with time zone not null,
  trace_context varchar(512)
);
create unique index if not exists {event}_given on {event} (account, event_id);

-- Pending deliveries. owner: the number of an instance; 0 none, -1 none because too many instances died owning it, -2 a
-- test. size: bytes of the body. kind: 0 delivery, 1 test. last_error: a code of DeliveryError.
create table if not exists {queue} (
  webhook bigint not null,
  id uuid not null,
  owner bigint not null default 0,
  event uuid not null,
  created timestamp(6) with time zone not null,
  due timestamp(6) with time zone not null,
  claim int not null default 0,
  size int not null,
  attempt smallint not null default 0,
  rescues smallint not null default 0,
  kind smallint not null default 0,
  last_http smallint,
  last_ms int,
  last_at timestamp(6) with time zone,
  retry_of uuid,
  type varbinary(255) not null,
  last_error varchar,
  primary key (webhook, id)
);
create index if not exists {queue}_claim on {queue} (owner, webhook, due);

-- Finished deliveries with their last attempt. status: success, failed, or retried for a failed one with a retry. So
-- the rows of each status are one range of both indexes, in the order of their ids. error: a code of DeliveryError.
create table if not exists {delivery} (
  webhook bigint not null,
  id uuid not null,
  event uuid not null,
  created timestamp(6) with time zone not null,
  ended timestamp(6) with time zone not null,
  attempts smallint not null,
  kind smallint not null,
  last_http smallint,
  last_ms int,
  last_at timestamp(6) with time zone,
  retry_of uuid,
  retried_by uuid,
  type varbinary(255) not null,
  status varchar(16) not null,
  error varchar,
  excerpt varbinary,
  primary key (webhook, id)
);
create index if not exists {delivery}_type on {delivery} (webhook, type, status, id);
create index if not exists {delivery}_status on {delivery} (webhook, status, id);

-- Attempts before the last one, and those of deliveries that ended without a request.
create table if not exists {attempt} (
  webhook bigint not null,
  delivery uuid not null,
  number smallint not null,
  http smallint,
  ms int not null,
  at timestamp(6) with time zone not null,
  error varchar,
  excerpt varbinary,
  primary key (webhook, delivery, number)
);

-- Counters of finished deliveries. consecutive: failed attempts since the last success.
create table if not exists {stat} (
  webhook bigint primary key,
  succeeded bigint not null,
  failed bigint not null,
  consecutive bigint not null,
  last_attempt timestamp(6) with time zone,
  last_success timestamp(6) with time zone,
  last_failure timestamp(6) with time zone
);

-- Deltas not yet added to the counters. tail_failures: failed attempts after the last success in this row. H2 reserves
-- many numbers at a time, since each reservation writes to disk.
create table if not exists {stat_delta} (
  number bigint generated always as identity (cache 10000) primary key,
  webhook bigint not null,
  succeeded int not null,
  failed int not null,
  tail_failures int not null,
  has_success boolean not null,
  last_attempt timestamp(6) with time zone,
  last_success timestamp(6) with time zone,
  last_failure timestamp(6) with time zone
);

-- Idempotency keys. token: identifies the request that took the key.
create table if not exists {idempotency} (
  account varbinary(255) not null,
  request_key varbinary(255) not null,
  token uuid not null,
  fingerprint varbinary not null,
  answer varbinary,
  busy_until timestamp(6) with time zone,
  created timestamp(6) with time zone not null,
  primary key (account, request_key)
);
create index if not exists {idempotency}_created on {idempotency} (created);

-- Erased accounts whose events are still to be removed. due: the time of the next pass. last_event: the event up to
-- which a pass has come.
create table if not exists {erasure} (
  number bigint generated always as identity primary key,
  account varbinary(255) not null,
  erased timestamp(6) with time zone not null,
  due timestamp(6) with time zone not null,
  last_event uuid not null
);
create index if not exists {erasure}_due on {erasure} (due);
