import { sql } from 'kysely';
import { todayIn } from '../../../calendar/dates.ts';
import { actorWith } from '../../../src/actor.ts';
import type { Context } from '../../../src/context.ts';
import { play } from '../../../src/demo/play.ts';
import { currentModel } from '../../../src/planning-years/models.ts';
import { insertNew, newYear } from '../../../src/planning-years/open.ts';
import type { Writing } from '../../../src/planning-years/writing.ts';

const PLAYED = 10;
const RELEASED = '2026-10-15';
const DISTRICT = '98-901-0010-26';

/**
 * Schools at the end of a year that they went through task by task. Some are played, the others are
 * copies of them with ids of their own, whose logs tell of their own school in a chain of their own.
 */
export async function schoolsThroughTheYear(ctx: Context, count: number): Promise<void> {
  const codes = Array.from(
    { length: count },
    (_, at) => `${DISTRICT}-${String(at + 1).padStart(4, '0')}`,
  );
  await ctx.db.insertInto('districts').values({ code: DISTRICT, name: 'A', demo: false }).execute();
  await sql`
    insert into schools (code, district_code, name, city, county, school_type, grades, updated_at)
    select code, ${DISTRICT}, 'School ' || code, 'C', 'C', 'High', '9-12', ${ctx.clock.now()}
    from unnest(${codes}::text[]) as code`.execute(ctx.db);
  const played = codes.slice(0, PLAYED).map((code) => playedYear(ctx, code));
  await ctx.db.transaction().execute((trx) => insertNew(trx, played, ctx.clock.now()));
  for (let from = PLAYED; from < count; from += PLAYED)
    await copyYears(ctx, codes.slice(0, PLAYED), codes.slice(from, from + PLAYED));
}

function playedYear({ programs }: Context, code: string): Writing {
  const program = programs.all[0]!;
  const model = currentModel(programs, program.id, '2026-27');
  const writing = newYear(
    model,
    {
      program: program.id,
      year: '2026-27',
      organization: { kind: 'school', code, districtCode: DISTRICT, demo: false },
      designation: 'Comprehensive',
      releasedOn: RELEASED,
      given: {},
    },
    actorWith('test', { kind: 'system', role: 'test', program: null, scope: { all: true } }),
    new Date(`${RELEASED}T15:00:00Z`),
  );
  play(writing, 'done', new Date('2027-07-31T15:00:00Z'), (at) =>
    todayIn(model.pack.program.zone, at),
  );
  return writing;
}

async function copyYears({ db }: Context, from: string[], to: string[]): Promise<void> {
  const pairs = to.map((code, at) => ({ source: from[at], code }));
  await sql`
    with recursive pairs as materialized (
      select y.id as source, p.code, overlay(gen_random_uuid()::text placing '7' from 15) as copy
      from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as p (source text, code text)
      join planning_years y on y.organization_code = p.source
    ), texts as materialized (
      select p.copy, l.seq, replace(l.entry, y.organization_code, p.code) as entry
      from pairs p join log_entries l on l.planning_year_id = p.source
        join planning_years y on y.id = p.source
    ), chain as (
      select copy, seq, sha256(decode(repeat('00', 32), 'hex') || convert_to(entry, 'UTF8')) as hash
      from texts where seq = 1
      union all
      select t.copy, t.seq, sha256(c.hash || convert_to(t.entry, 'UTF8'))
      from chain c join texts t on t.copy = c.copy and t.seq = c.seq + 1
    ), year as (
      insert into planning_years
      select (jsonb_populate_record(y, jsonb_build_object('id', p.copy, 'organization_code', code,
        'head_hash', c.hash,
        'state', jsonb_set(y.state, '{belongsTo,organizationCode}', to_jsonb(code))))).*
      from pairs p join planning_years y on y.id = source
        join chain c on c.copy = p.copy and c.seq = y.head_seq
    ), log as (
      insert into log_entries
      select (jsonb_populate_record(l, jsonb_build_object('planning_year_id', p.copy,
        'entry', t.entry, 'hash', c.hash))).*
      from pairs p join log_entries l on l.planning_year_id = source
        join texts t on t.copy = p.copy and t.seq = l.seq
        join chain c on c.copy = p.copy and c.seq = l.seq
    )
    insert into tasks
    select (jsonb_populate_record(t, jsonb_build_object('planning_year_id', copy,
      'id', overlay(gen_random_uuid()::text placing '7' from 15)))).*
    from pairs join tasks t on t.planning_year_id = source`.execute(db);
}
