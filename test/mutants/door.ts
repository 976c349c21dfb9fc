import { inFile, type Mistake } from './mistake.ts';

const DECIDE = 'test/planning-years/decide.test.ts';
const CORRECTIONS = 'test/planning-years/corrections.test.ts';
const DOOR = 'test/planning-years/door.test.ts';
const TOGETHER = 'test/planning-years/together.test.ts';
const THROUGH = 'test/planning-years/through.test.ts';
const STRAY = 'test/planning-years/stray-clocks.test.ts';
const BY_HAND = 'test/policy/by-hand.test.ts';
const KEYED = 'test/http/keyed-requests.test.ts';
const WHOLE = 'test/planning-years/whole-year.test.ts';
const UPGRADE = 'test/planning-years/upgrade.test.ts';
const draft = inFile('src/planning-years/draft.ts', DECIDE, CORRECTIONS, WHOLE);
const undo = inFile('src/planning-years/undo.ts', DECIDE, CORRECTIONS);
const held = inFile('src/planning-years/held-to-policy.ts', BY_HAND);
const effective = inFile('src/planning-years/effective-on.ts', DECIDE, CORRECTIONS, BY_HAND);
const door = inFile('src/planning-years/door.ts', DOOR, TOGETHER, KEYED);
const save = inFile('src/planning-years/save-years.ts', DOOR, TOGETHER, KEYED);
const together = inFile('src/planning-years/together.ts', TOGETHER);
const walk = inFile('src/planning-years/walk.ts', THROUGH);
const standing = inFile(
  'src/planning-years/task-standing.ts',
  DECIDE,
  'test/planning-years/silence.test.ts',
  WHOLE,
);
const writing = inFile('src/planning-years/writing.ts', DOOR, STRAY);
const state = inFile('src/planning-years/state.ts', DECIDE, DOOR, CORRECTIONS);
const upgrade = inFile('src/planning-years/upgrade.ts', UPGRADE, 'test/upgrade/dump.test.ts');

/** The one way to change a planning year. */
export default [
  draft(
    'An event by hand settles nobody’s tasks',
    'if (this.state.done[task.key] === undefined) this.settle(task);',
    '',
  ),
  draft(
    'A task that waits can be marked done',
    'if (!standing.doable) throw taskNotDoable(task, standing);',
    '',
  ),
  draft(
    'One item of a meeting settles itself alone',
    'for (const other of others) if (other !== task) this.settle(other);',
    '',
  ),
  draft(
    'A tick raises its event although others have not ticked',
    'const all = parties.some(isDone) && parties.every((task) => this.isSettled(task));',
    'const all = parties.some(isDone);',
  ),
  draft(
    'Waivers of all raise the event',
    'const all = parties.some(isDone) && parties.every((task) => this.isSettled(task));',
    'const all = parties.every((task) => this.isSettled(task));',
  ),
  draft(
    'A task that suffices raises nothing alone',
    '(all || this.sufficient(type).some(isDone))',
    '(all)',
  ),
  draft(
    'What is open can be opened again',
    'if (this.state.done[key] === undefined && !waived)',
    'if (this.state.done[key] === undefined && waived)',
  ),
  draft(
    'Opening a task again leaves what it brought about',
    'this.takeBack(history, (step) => step.event === task.raises && rests(step));',
    '',
  ),
  draft(
    'An undo leaves the tasks ticked',
    'if (this.state.done[task.key] !== undefined) this.unsettle(task.key);\n  }\n\n  /** Puts a region',
    '\n  }\n\n  /** Puts a region',
  ),
  draft(
    'Force marks what it passes as done',
    'for (const task of this.passedBy(step)) this.excuse(task);',
    'for (const task of this.passedBy(step)) this.settle(task);',
  ),
  draft(
    'Force leaves what it passes open',
    'for (const task of this.passedBy(step)) this.excuse(task);',
    '',
  ),
  draft('A state that would not last can be forced', 'if (now !== state)', 'if (now === "")'),
  draft(
    'What is done can be waived',
    "if (status === 'done' || status === 'waived' || status === 'notApplicable')",
    "if (status === 'waived' || status === 'notApplicable')",
  ),
  draft(
    'A withdrawn year is withdrawn again',
    "if (this.state.status === 'withdrawn')\n      throw",
    "if (this.state.status === 'done')\n      throw",
  ),
  draft(
    'A year that is over stays open',
    'if (this.moment.today >= model.until) this.state.ended = true;',
    'if (this.moment.today > model.until) this.state.ended = true;',
    {
      tests: [
        WHOLE,
        DECIDE,
        'test/planning-years/succession.test.ts',
        'test/planning-years/silence.test.ts',
      ],
    },
  ),
  draft(
    'The days of grace end a day late',
    'if (this.moment.today >= model.closesOn)',
    'if (this.moment.today > model.closesOn)',
    { tests: [WHOLE, DECIDE, 'test/planning-years/silence.test.ts'] },
  ),
  draft(
    'An event that needs data follows by itself',
    '!model.event(type)?.spec.data?.required &&',
    '',
  ),
  draft(
    'A year is never done',
    "if (isDone(model.machines, statesOf(this.state))) this.state.status = 'done';",
    '',
  ),
  draft(
    'A return asks for nothing anew',
    'if (spec?.returns) this.askAgain(outcome.transition);',
    '',
  ),
  draft(
    'What is warned of is not written down',
    'if (spec?.warn) this.warnings.push(...spec.warn(data, seen));',
    '',
  ),
  draft(
    'A report does not settle what it says',
    'for (const task of this.passedBy(outcome.transition)) this.settle(task);',
    '',
  ),
  draft(
    'On whose behalf somebody ticks is not told',
    'if (task.role !== this.moment.actor.role) this.onBehalfOf.add(task.role);',
    '',
    { tests: [DECIDE, THROUGH, BY_HAND] },
  ),
  draft(
    'Events happen in a withdrawn year',
    "if (this.state.status !== 'active') throw this.refuse(type);",
    '',
  ),
  undo(
    'What later acts rest on is taken back',
    'if (inTheWay.length > 0) throw refused(model, target.event, inTheWay);',
    '',
  ),
  undo(
    'An undo takes the first of its kind back',
    'const target = past.findLast(is);',
    'const target = past.find(is);',
  ),
  undo('What was undone is undone again', '!undone.has(`${seq} ${event}`)', 'seq > 0'),
  undo(
    'What followed by itself stays',
    '} else if (step.automatic) undoes.push({ seq: step.seq, event: step.event });',
    '} else if (step.automatic) undoes.push();',
  ),
  undo(
    'A forced state is lost by an undo elsewhere',
    'states = { ...states, [step.region]: step.to };',
    '',
  ),
  undo('Conditions of today count for what happened then', 'conditions = step.conditions;', '', {
    tests: [CORRECTIONS, DECIDE, UPGRADE],
  }),
  held(
    'A coordinator undoes what is a week old',
    'const age = hoursBetween(log.find(({ seq }) => seq === undone)!, entry);',
    'const age = 0;',
  ),
  held(
    'What lies 30 days back needs a reason',
    'daysAfter(entry.today, -FAR_BACK)',
    'daysAfter(entry.today, 1 - FAR_BACK)',
  ),
  held(
    'What lies long back needs none',
    'if (reported && backdated && !isIntervention(command) && !entry.note)',
    'if (reported && backdated && isIntervention(command) && !entry.note)',
  ),
  held('What a coordinator forces is told to nobody', 'return reported;\n}', 'return false;\n}'),
  held(
    'A waiver can be taken back by whoever’s task it is',
    'return waived[command.task] ?? (isTickOfOwn ? null : done[command.task]!);',
    'return isTickOfOwn ? null : (waived[command.task] ?? done[command.task]!);',
  ),
  held(
    'Another role’s tick can be taken back',
    '(isTickOfOwn ? null : done[command.task]!)',
    'null',
  ),
  held(
    'Waivers are nobody’s to be told of',
    "['waive', 'extend', 'force', 'reinstate']",
    "['extend', 'force', 'reinstate']",
  ),
  effective(
    'Something happens tomorrow',
    'effectiveOn <= today) return;',
    'effectiveOn <= today || today !== "") return;',
  ),
  effective(
    'Something happens before the release',
    'if (effectiveOn >= earliest) return;',
    'if (effectiveOn !== "") return;',
  ),
  effective(
    'What is out of order is told of nothing',
    'if (stood || since <= effectiveOn) return [];',
    'if (stood || since !== "") return [];',
  ),
  door(
    'A year that was written meanwhile is written over',
    'remembered.get(request.id) ?? rows.get(request.id);',
    'remembered.get(request.id) ?? rows.get(request.id) ?? known.values().next().value;',
    { unnoticed: 'It comes to the same: the statement compares each year with what was read.' },
  ),
  door(
    'Two requests for one year of a group write it twice',
    'if (drafts.has(request.id)) continue;',
    '',
  ),
  door('A precondition is asked for nothing', 'await precondition?.(writing.row);', ''),
  door('A closed school’s year is reinstated', 'await requireOpenSchool(db, read);', ';', {
    tests: [CORRECTIONS, 'test/reorganization/reorganization.test.ts', DOOR],
  }),
  door(
    'What time has brought is not applied before an act',
    'await ofYear(id, () => passTime(writing, now, today));',
    '',
  ),
  door(
    'One that is refused refuses its whole group',
    'if (!remembered.get(request.id)) outcomes[at] = { ok: false, error };',
    'throw error;',
  ),
  save(
    'A year that was written meanwhile is overwritten',
    'where y.head_seq = i.read_at and y.parameters = i.read_parameters',
    'where y.parameters = i.read_parameters',
  ),
  save(
    'Dates that were set meanwhile are ignored',
    'where y.head_seq = i.read_at and y.parameters = i.read_parameters',
    'where y.head_seq = i.read_at',
  ),
  save(
    'What is settled goes on being reminded of',
    "update reminders r set status = 'dropped', reason = 'doneMeanwhile'",
    'update reminders r set status = r.status',
    { tests: ['test/reminders/work.test.ts', 'test/reminders/reminders.test.ts', DOOR] },
  ),
  save(
    'The state is not told of what was forced',
    'select id, reported from year where reported is not null',
    'select id, reported from year where reported is null and false',
    { tests: [BY_HAND] },
  ),
  save(
    'A task’s version stays when it changes',
    'version = t.version + 1\n      from marks',
    'version = t.version\n      from marks',
    { tests: ['test/planning-years/routes.test.ts', WHOLE, DOOR] },
  ),
  together(
    'Requests for one year race each other',
    'const waits = group.busy.has(each.request.id) ||',
    'const waits =',
  ),
  together(
    'What was remembered too early is remembered for ever',
    'group.latest.delete(each.request.id);\n    each.attempts',
    'each.attempts',
  ),
  together(
    'One that breaks its group breaks all of it',
    'else if (isRefused(error)) for (const each of batch) await write(ctx, group, [each]);',
    'else if (isRefused(error)) for (const { reject } of batch) reject(error);',
  ),
  walk(
    'A step without its data is taken',
    'if (!(error instanceof InvalidInputError)) throw error;\n      for',
    'if (!(error instanceof InvalidInputError)) throw error;\n      for (const _ of []) for',
  ),
  walk(
    'Data for no step of the way is taken',
    'if (!Object.hasOwn(this.sent, type))',
    'if (Object.hasOwn(this.sent, type) && false)',
  ),
  walk(
    'A guard that waits for others ends the walk',
    "if (refusal.kind === 'guard') this.meet(type, refusal.waitsFor);",
    "if (refusal.kind === 'guard') throw draft.refuse(type);",
  ),
  standing(
    'Whoever has met a deadline can’t say so',
    "(task.kind === 'deadline' || !isHeldUp(model, state, today, task))",
    '!isHeldUp(model, state, today, task)',
  ),
  standing(
    'What stands in the way of a deadline is not told',
    'return eventObstacle(model, state, today, task.raises);',
    'return [];',
  ),
  writing('A log’s instants go back when clocks differ', 'at < updatedAt ? updatedAt : at', 'at'),
  writing(
    'A year’s version stays when it moves',
    '(moved(entry) || entry.seq === 1 ? 1 : 0)',
    '(entry.seq === 1 ? 1 : 0)',
  ),
  state(
    'A contact of before counts as the last',
    'entry.effectiveOn > before)',
    'entry.effectiveOn < before)',
    { tests: ['test/notes/notes.test.ts'] },
  ),
  state(
    'What is opened again stays done',
    'delete done[task];\n    delete waived[task];',
    'delete waived[task];',
  ),
  state(
    'An undone region keeps the day of its undo',
    'entry.restoredSince[region] ?? entry.effectiveOn',
    'entry.effectiveOn',
  ),
  state(
    'The year’s clock goes back',
    'clockAt: entry.today > before.clockAt ? entry.today : before.clockAt,',
    'clockAt: entry.today,',
    { tests: [STRAY, DOOR, DECIDE] },
  ),
  upgrade(
    'Years of earlier charts are brought up at the start alone',
    'if (behind.length === 0) return rows;',
    'return rows;',
  ),
  upgrade('Counts stay with the calendar of before', 'await count(trx, [id], -1);', ''),
  upgrade(
    'A year is brought up twice',
    'if (!read || read.machineVersion === program.machines.version) return false;',
    'if (!read) return false;',
  ),
] satisfies Mistake[];
