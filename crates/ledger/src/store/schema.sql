-- The book in SQLite. The order of the columns matters: the first ones lie in the row's first page and are read without
-- the rest; `hashes` stands before `entries` so that reading hashes does not walk through the entries.
create table segment (
    first    integer primary key,
    register text    not null,
    count    integer not null,
    links    blob    not null,
    hashes   blob    not null,
    entries  blob    not null
) strict;

-- Covers the questions that ask for no contents: which entries has a register, which was its last, which records do they
-- continue?
create index segment_by_register on segment (register, first, count, links);

create table request (
    key   text primary key,
    first integer not null,
    count integer not null
) strict, without rowid;

create table checkpoint (
    size     integer primary key,
    note     text not null,
    frontier blob
) strict;

-- Personal data: beside the book, never in it.
create table person (
    pseudonym text primary key,
    lookup    blob not null unique,
    data      text not null
) strict, without rowid;
