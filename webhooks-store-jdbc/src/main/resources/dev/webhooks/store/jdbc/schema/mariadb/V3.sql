-- min_compatible: 1

-- The id that a webhook had before it was imported, which is shown in place of id; null where the library made it.
-- id is then derived from it, so that it is unique as well and found by it.
alter table {webhook} wait 1 add column if not exists given_id varchar(64) character set ascii;
