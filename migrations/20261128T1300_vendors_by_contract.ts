import { type Kysely, sql } from 'kysely';

/**
 * A vendor's people hold their role at the vendor, and reach a school through its contract alone. Who
 * held it at a school or a district until now keeps what they reached: a vendor of their name, with a
 * contract for each planning year there. Keys with that role that stand for no contract end. `vendor`
 * is the only role of such a kind that any program had.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table vendors add column demo boolean not null default false;

    create temp table direct on commit drop as
      select a.id, a.person_id, a.program, a.organization_kind, a.organization_code, a.from_on, a.to_on,
        a.demo, 'V-' || upper(right(replace(a.person_id::text, '-', ''), 12)) as vendor
      from assignments a
      where a.role = 'vendor' and a.organization_kind <> 'vendor';

    insert into vendors (code, name, version, updated_at, demo)
      select d.vendor, p.name, 1, now(), bool_and(d.demo)
      from direct d join people p on p.id = d.person_id
      group by d.vendor, p.name;

    insert into contracts (id, vendor_code, planning_year_id, proposed_on, to_on, version, updated_at)
      select gen_random_uuid(), d.vendor, y.id, min(d.from_on),
        case when count(*) = count(d.to_on) then max(d.to_on) end, 1, now()
      from direct d join planning_years y on y.program = d.program
        and (d.organization_kind = 'state'
          or d.organization_kind = y.organization_kind and d.organization_code = y.organization_code
          or d.organization_kind = 'district' and d.organization_code = y.district_code)
      group by d.vendor, y.id;

    /* One assignment each, of all their days. */
    with spans as (
      select min(id::text)::uuid as id, vendor, min(from_on) as from_on,
        case when count(*) = count(to_on) then max(to_on) end as to_on
      from direct group by vendor, program
    )
    update assignments a set organization_kind = 'vendor', organization_code = s.vendor,
      from_on = s.from_on, to_on = s.to_on, version = a.version + 1
    from spans s where s.id = a.id;
    delete from assignments
    where id in (select id from direct) and organization_kind <> 'vendor';
    drop table direct;

    update api_keys set revoked_at = now()
    where role = 'vendor' and not scope ? 'contract' and revoked_at is null;
  `.execute(db);
}

/** What was converted stays so: it is possible in the release before, too. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table vendors drop column demo`.execute(db);
}
