import { type Kysely, sql } from 'kysely';

/** Vendors, and the contracts through which their people reach a school. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table vendors (
      code text primary key,
      name text not null,
      version integer not null default 1,
      updated_at timestamptz not null
    );

    create table contracts (
      id uuid primary key,
      vendor_code text not null references vendors,
      planning_year_id uuid not null references planning_years on delete cascade,
      proposed_on date not null,
      signed_on date check (signed_on >= proposed_on),
      /* The last day; null while it is open. */
      to_on date check (to_on >= coalesce(signed_on, proposed_on)),
      version integer not null default 1,
      updated_at timestamptz not null,
      unique (vendor_code, planning_year_id)
    );
    create index on contracts (planning_year_id);

    alter table assignments drop constraint assignments_organization_kind_check;
    alter table assignments add constraint assignments_organization_kind_check
      check (organization_kind in ('state', 'district', 'school', 'vendor'));

    /* Who holds which role where: what a vendor's people hold, they hold where it has a contract, from
       the day on which that was proposed to its last. */
    create view held_roles as
      select a.id as assignment_id, a.person_id, a.program, a.role, a.organization_kind,
        a.organization_code, a.from_on, a.to_on
      from assignments a
      where a.organization_kind <> 'vendor'
      union all
      select a.id, a.person_id, a.program, a.role, y.organization_kind, y.organization_code,
        greatest(a.from_on, c.proposed_on), least(a.to_on, c.to_on)
      from assignments a
        join contracts c on c.vendor_code = a.organization_code
        join planning_years y on y.id = c.planning_year_id and y.program = a.program
      where a.organization_kind = 'vendor'
        and greatest(a.from_on, c.proposed_on) <= coalesce(least(a.to_on, c.to_on), 'infinity');
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop view held_roles;
    delete from assignments where organization_kind = 'vendor';
    alter table assignments drop constraint assignments_organization_kind_check;
    alter table assignments add constraint assignments_organization_kind_check
      check (organization_kind in ('state', 'district', 'school'));
    drop table contracts, vendors;
  `.execute(db);
}
