import type { Mistake } from './mistake.ts';

const SUMMARY = ['test/reports/summary.test.ts'];
const MILESTONES = ['test/reports/milestones.test.ts'];
const CHANGES = ['test/reports/changes.test.ts'];
const BY_HAND = ['test/policy/by-hand.test.ts'];
const DEMO = ['test/demo/demo.test.ts'];

/** Summaries and the counts that are kept for them, milestones, changes, interventions. */
export default [
  {
    file: 'migrations/20261121T2200_reports.ts',
    what: 'Years that are deleted count up in the summary',
    find: "yearsIn('deleted', -1)",
    put: "yearsIn('deleted', 1)",
    tests: DEMO,
  },
  {
    file: 'migrations/20261121T2200_reports.ts',
    what: 'A region that moves counts in its old state, too',
    find: 'lateral (values (now.value, 1), (was.value, -1))',
    put: 'lateral (values (now.value, 1))',
    tests: SUMMARY,
  },
  {
    file: 'migrations/20261121T2200_reports.ts',
    what: 'A school that moves to another county counts in both',
    find: '(values (was, -1), (now_in, 1))',
    put: '(values (now_in, 1))',
    tests: SUMMARY,
  },
  {
    file: 'src/reports/groups.ts',
    what: 'A year counts once in a group, however many there are',
    find: "if (what.kind === 'years') group.planningYears += n;",
    put: "if (what.kind === 'years') group.planningYears += 1;",
    tests: SUMMARY,
  },
  {
    file: 'src/reports/groups.ts',
    what: 'A state that no year has any more is told with 0',
    find: 'if (sum === 0) delete group.byState[name];',
    put: 'if (sum < 0) delete group.byState[name];',
    tests: SUMMARY,
  },
  {
    file: 'src/reports/groups.ts',
    what: 'A task counts in the month in which it is due',
    find: 'taskOf(model, what).month',
    put: "(what.dueOn ?? '').slice(0, 7)",
    tests: SUMMARY,
  },
  {
    file: 'src/reports/groups.ts',
    what: 'Every month but the first lacks the years',
    find: 'group.planningYears = years;',
    put: 'if (group.planningYears === 0) group.planningYears = Math.min(years, 1);',
    tests: SUMMARY,
  },
  {
    file: 'src/reports/counts.ts',
    what: 'A sum that comes to nothing stays',
    find: 'if (sum === 0) to.delete(key);',
    put: 'if (sum < 0) to.delete(key);',
    tests: SUMMARY,
  },
  {
    file: 'src/reports/fold.ts',
    what: 'What is summed up is added to nothing that was kept',
    find: 'summed([...kept, ...more])',
    put: 'summed([...more])',
    tests: SUMMARY,
  },
  {
    file: 'src/reports/fold.ts',
    what: 'What comes to nothing stays among the kept',
    find: 'if (none.length > 0)',
    put: 'if (none.length > 9999)',
    tests: [...SUMMARY, ...DEMO],
  },
  {
    file: 'src/reports/summary.ts',
    what: 'A principal is told the numbers of the whole state',
    find: "{ program: program.id, state: true }) === 'yes'",
    put: "null) === 'yes'",
    tests: SUMMARY,
  },
  {
    file: 'src/reports/summary.ts',
    what: 'A dashboard is told who coaches',
    find: 'if (!seesPeople(actor))',
    put: 'if (seesPeople(actor) && actor.grants.length === 0)',
    tests: SUMMARY,
  },
  {
    file: 'src/reports/summary.ts',
    what: 'A district’s numbers hold every district’s',
    find: "        district: 'y.districtCode',\n        school: 'y.organizationCode',\n",
    put: '',
    tests: SUMMARY,
  },
  {
    file: 'src/reports/coordinator-groups.ts',
    what: 'Years that somebody coaches count among those that nobody does, too',
    find: 'shares.push(share.key === TAKEN ? { ...negative(share), key: NOBODY } : share);',
    put: 'if (share.key !== TAKEN) shares.push(share);',
    tests: SUMMARY,
  },
  {
    file: 'src/reports/coordinator-groups.ts',
    what: 'A school’s coach who has the district, too, counts it twice',
    find: '!whole(one) && roles.some(',
    put: 'roles.some(',
    tests: ['test/reports/coaches.test.ts'],
  },
  {
    file: 'src/reports/coaches.ts',
    what: 'Who coaches from tomorrow on is told today',
    find: ".where('a.fromOn', '<=', today)",
    put: ".where('a.fromOn', '>', '1900-01-01')",
    tests: ['test/reports/coaches.test.ts'],
  },
  {
    file: 'src/reports/coaches.ts',
    what: 'Who coached until yesterday is told today',
    find: "eb('a.toOn', '>=', today)",
    put: "eb('a.toOn', '>=', '1900-01-01')",
    tests: ['test/reports/coaches.test.ts'],
  },
  {
    file: 'src/reports/milestones.ts',
    what: 'A dashboard is told who coaches a school',
    find: 'seesPeople(actor) ? await coachesOn',
    put: 'actor ? await coachesOn',
    tests: MILESTONES,
  },
  {
    file: 'src/reports/milestones.ts',
    what: 'Asked for one region, all are told',
    find: 'region === undefined || row.region === region',
    put: 'region === undefined || row.region !== undefined',
    tests: MILESTONES,
  },
  {
    file: 'src/reports/due-dates.ts',
    what: 'The last due date of a region is told instead of the next',
    find: 'min(t.due_on)',
    put: 'max(t.due_on)',
    tests: MILESTONES,
  },
  {
    file: 'src/reports/recorded-on.ts',
    what: 'The first move of a region is told as its last',
    find: 'moved.region, e.seq desc)',
    put: 'moved.region, e.seq)',
    tests: MILESTONES,
  },
  {
    file: 'src/reports/changes.ts',
    what: 'A change that comes in late by another transaction is never told',
    find: '${oldestWriter} as up_to',
    put: '(pg_snapshot_xmax(pg_current_snapshot())::text) as up_to',
    tests: CHANGES,
  },
  {
    file: 'src/reports/interventions.ts',
    what: 'A coordinator is told what others do elsewhere',
    find: "        district: 'y.districtCode',\n        school: 'y.organizationCode',\n",
    put: '',
    tests: BY_HAND,
  },
] satisfies Mistake[];
