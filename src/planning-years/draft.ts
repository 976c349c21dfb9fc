import {
  advance,
  apply,
  correct,
  isDone,
  type Transition as Step,
} from '../../machines/advance.ts';
import { eventsAfter, nextEvents } from '../../machines/reach.ts';
import { isByHand, type Warning } from '../../machines/region.ts';
import { ConflictError, InvalidInputError } from '../errors.ts';
import type { Moment, Year } from './decide.ts';
import { outOfOrder } from './effective-on.ts';
import { checkedData, type EventData, noData } from './event-data.ts';
import { checkLaterDate } from './later-date.ts';
import type { TaskModel, YearModel } from './model.ts';
import { regionNamed, requireFact, requireState } from './named.ts';
import { applies, hasPassed } from './prospects.ts';
import { eventNotPossible, taskNotDoable } from './refusals.ts';
import { type LogEntry, statesOf, type Transition, type YearState } from './state.ts';
import { type Obstacle, taskStanding } from './task-standing.ts';
import { takesWork } from './task-status.ts';
import { FORCE, type Happening, type Undone, without } from './undo.ts';

/**
 * A log entry in the making: the year moves step by step, and what happened is noted down. Pure:
 * nothing outside it changes.
 */
export class Draft {
  readonly transitions: Transition[] = [];
  private state: YearState;
  private readonly settled: string[] = [];
  private readonly reopened: string[] = [];
  private readonly waived: string[] = [];
  private readonly extended: LogEntry['extended'] = {};
  private readonly conditions: LogEntry['conditions'] = {};
  private readonly warnings: Warning[] = [];
  private readonly onBehalfOf = new Set<string>();
  private restoredSince: Record<string, string> = {};
  private undoes: LogEntry['undoes'] = [];
  private readonly year: Year;
  private readonly moment: Moment;

  constructor(year: Year, moment: Moment) {
    this.year = year;
    this.moment = moment;
    this.state = {
      ...year.state,
      regions: { ...year.state.regions },
      done: { ...year.state.done },
      conditions: { ...year.state.conditions },
      waived: { ...year.state.waived },
      extended: { ...year.state.extended },
    };
  }

  /** Whether time has brought anything. */
  get hasChanged(): boolean {
    const { ended, closed } = this.year.state;
    return (
      this.transitions.length > 0 || this.state.ended !== ended || this.state.closed !== closed
    );
  }

  get model(): YearModel {
    return this.year.model;
  }

  /** Where a region stands. */
  stateOf(region: string): string {
    return this.state.regions[region]?.state ?? '';
  }

  /** Applies an event by hand: its tasks count as done. Returns its data, checked. */
  send(type: string, data: unknown): EventData {
    const event = this.model.event(type);
    if (!event || !isByHand(event.spec)) throw this.refuse(type);
    const checked = checkedData(event.spec, data);
    this.step(type, checked);
    return checked;
  }

  /** Applies an event whose data have been checked. */
  step(type: string, data: EventData): void {
    this.raise(type, data, false);
    for (const task of this.parties(type))
      if (this.state.done[task.key] === undefined) this.settle(task);
  }

  /** Marks a task done, with the other items of its monthly meeting, and raises what that completes. */
  complete(key: string, data: unknown): EventData {
    const { model } = this.year;
    const task = model.task(key);
    const standing = this.standing(task);
    if (!standing.doable) throw taskNotDoable(task, standing);
    const type = task.raises;
    const spec = type ? model.event(type)?.spec : undefined;
    const others = task.meeting ? this.openItems(task.activity) : [];
    this.settle(task);
    for (const other of others) if (other !== task) this.settle(other);
    const checked = spec ? checkedData(spec, data) : noData(data);
    if (type && this.isRipe(type)) this.raise(type, checked, false);
    else this.warnings.push(...standing.obstacles.map(heldBack));
    return checked;
  }

  /** A month's meeting was held: its items that are open count as done. */
  meet(activity: string): void {
    const { meetings } = this.year.model;
    if (!meetings.has(activity))
      throw new InvalidInputError('The calendar has no such meeting.', [
        { pointer: '/activity', detail: `must be one of ${[...meetings.keys()].join(', ')}` },
      ]);
    for (const task of this.openItems(activity)) this.settle(task);
  }

  /** Takes a task's being done back, and with it the event that it raised. */
  reopen(key: string, history: LogEntry[]): void {
    const task = this.year.model.task(key);
    const waived = this.state.waived[key] !== undefined;
    if (this.state.done[key] === undefined && !waived)
      throw new ConflictError(
        'task-not-done',
        'Only a task that is done or waived can be reopened.',
        {
          status: this.standing(task).status,
        },
      );
    const doneBy = this.state.done[key];
    this.unsettle(key);
    if (!task.raises || waived) return;
    const rests = task.suffices ? this.restsOn(task, doneBy) : () => true;
    this.takeBack(history, (step) => step.event === task.raises && rests(step));
  }

  /** Takes back the last event of a region, and asks anew for the tasks that were its doing. */
  undo(regionKey: string, history: LogEntry[]): void {
    const region = regionNamed(this.year.model, regionKey);
    const byHand = ({ region: key, event }: Transition) => {
      const spec = region.events[event];
      return key === region.key && (event === FORCE || (spec !== undefined && isByHand(spec)));
    };
    const undone = this.takeBack(history, byHand);
    if (!undone)
      throw new ConflictError('nothing-to-undo', `In "${region.title}" nothing has been done yet.`);
    for (const task of this.year.model.raisedBy.get(undone.event) ?? [])
      if (this.state.done[task.key] !== undefined) this.unsettle(task.key);
  }

  /** Puts a region into a state; work that lies ahead of it there is asked for anew. */
  force(regionKey: string, state: string): void {
    const region = regionNamed(this.year.model, regionKey);
    const from = this.state.regions[regionKey]?.state ?? '';
    requireState(region, state);
    if (from === state)
      throw new ConflictError('already-there', `"${region.title}" is in that state already.`);
    const step = { type: FORCE, region: regionKey, from, to: state };
    this.move(step, false);
    // Nobody says that what it passes was done, nor that it did not apply.
    for (const task of this.passedBy(step)) this.excuse(task);
    this.askAgain(step);
    this.reconsiderStatus();
    this.settleDown();
    const now = this.state.regions[regionKey]?.state ?? '';
    if (now !== state)
      throw new ConflictError(
        'would-not-last',
        `"${region.title}" would at once go on to "${region.states[now]?.title}" by itself. Change first what takes it there.`,
        { state: now },
      );
  }

  waive(key: string): void {
    const task = this.year.model.task(key);
    const { status } = this.standing(task);
    if (status === 'done' || status === 'waived' || status === 'notApplicable')
      throw new ConflictError(
        'task-closed',
        `"${task.title}" is ${status}; there is nothing to waive.`,
        {
          status,
        },
      );
    this.excuse(task);
  }

  extend(key: string, dueOn: string): void {
    const task = this.year.model.task(key);
    const { status } = this.standing(task);
    if (
      !takesWork(this.model, this.state, task) ||
      (status !== 'open' && status !== 'blocked' && status !== 'preStart')
    )
      throw new ConflictError(
        'task-closed',
        `"${task.title}" is ${status}; its date no longer counts.`,
        {
          status,
        },
      );
    checkLaterDate(this.year.model, this.state, task, dueOn);
    this.state.extended[key] = dueOn;
    this.extended[key] = dueOn;
  }

  /** Corrects a condition of the school; regions that no longer fit it follow. */
  correctFact(fact: string, value: boolean | null): void {
    requireFact(this.year.model, fact);
    const before = this.state.conditions[fact] ?? null;
    if (before === value)
      throw new ConflictError('already-so', `"${fact}" has that value already.`);
    this.state.conditions[fact] = value;
    this.conditions[fact] = [before, value];
    const { machines } = this.year.model;
    const { applied } = correct(machines, statesOf(this.state), this.circumstances(), fact);
    for (const step of applied) this.move(step, true);
    this.reconsiderStatus();
  }

  withdraw(): void {
    if (this.state.status === 'withdrawn')
      throw new ConflictError('already-so', 'This planning year is withdrawn already.');
    this.state.status = 'withdrawn';
  }

  reinstate(): void {
    if (this.state.status !== 'withdrawn')
      throw new ConflictError('already-so', 'This planning year is not withdrawn.');
    this.state.status = 'active';
    this.reconsiderStatus();
  }

  /** Lets follow what follows by itself, until nothing more does. */
  settleDown(): void {
    if (this.state.status !== 'active') return;
    const { model } = this.year;
    if (this.moment.today >= model.until) this.state.ended = true;
    if (this.moment.today >= model.closesOn) this.state.closed = true;
    for (let moved = true; moved; ) {
      const { applied } = advance(model.machines, statesOf(this.state), this.circumstances());
      for (const step of applied) this.move(step, true);
      const ripe = [...model.raisedBy.keys()].find(
        (type) => this.isNext(type) && !model.event(type)?.spec.data?.required && this.isRipe(type),
      );
      if (ripe) this.raise(ripe, null, true);
      moved = ripe !== undefined;
    }
    if (isDone(model.machines, statesOf(this.state))) this.state.status = 'done';
  }

  /**
   * The year goes on under other charts: events put right what went wrong under the earlier ones, and
   * what regions had passed without a word is excused.
   */
  changeCharts(events: readonly string[]): void {
    for (const type of events) {
      const outcome = this.outcomeOf(type);
      if (outcome.ok) this.move(outcome.transition, true);
    }
    this.reconsiderStatus();
    this.settleDown();
    for (const task of this.model.tasks) {
      const { raises, suffices } = task;
      if (raises === null || suffices || this.isSettled(task)) continue;
      if (!hasPassed(this.model, this.state, raises)) continue;
      const { status } = this.standing(task);
      if (status !== 'preStart' && status !== 'notApplicable') this.excuse(task);
    }
  }

  entry(
    type: string,
    effectiveOn: string,
    note: string | null = null,
    data: Record<string, unknown> | null = null,
  ): LogEntry {
    const before = this.year.state;
    const moved = Object.entries(this.state.regions).flatMap(([region, { state }]) => {
      const from = before.regions[region]?.state ?? state;
      return from === state ? [] : [[region, [from, state] as [string, string]] as const];
    });
    return {
      seq: this.year.headSeq + 1,
      type,
      actor: this.moment.actor,
      recordedAt: this.moment.recordedAt,
      effectiveOn,
      note,
      data: data && Object.keys(data).length > 0 ? data : null,
      transitions: this.transitions,
      changes: Object.fromEntries(moved),
      restoredSince: this.restoredSince,
      settledTasks: this.settled,
      reopenedTasks: this.reopened,
      waivedTasks: this.waived,
      extended: this.extended,
      conditions: this.conditions,
      undoes: this.undoes,
      status: before.status === this.state.status ? null : [before.status, this.state.status],
      warnings: [...this.warnings, ...outOfOrder(this.year, this.transitions, effectiveOn)],
      ...(this.onBehalfOf.size > 0 && { onBehalfOf: [...this.onBehalfOf] }),
      ends: this.state.ended && !before.ended,
      ...(this.state.closed && !before.closed && { closes: true as const }),
      today: this.moment.today,
    };
  }

  private takeBack(history: LogEntry[], is: (step: Happening) => boolean): Undone | null {
    const undone = without(this.year.model, history, is, this.moment.today);
    if (!undone) return null;
    this.undoes = undone.undoes;
    for (const [region, { state, since }] of Object.entries(undone.regions)) {
      const before = this.state.regions[region];
      if (!before || before.state === state) continue;
      this.state.regions[region] = { state, since };
      this.restoredSince[region] = since;
      this.askAgainFor(region, undone.undoes, history);
    }
    this.reconsiderStatus();
    return undone;
  }

  /**
   * What an entry had settled on its way, and lies ahead again now that it is taken back; so does what
   * was excused under later charts because the region had passed it.
   */
  private askAgainFor(region: string, undoes: LogEntry['undoes'], history: LogEntry[]): void {
    const gone = new Set(undoes.map(({ seq }) => seq));
    for (const { type, seq } of history) if (type === CHARTS) gone.add(seq);
    const taken = (seq: number | undefined) => seq !== undefined && gone.has(seq);
    for (const type of eventsAfter(this.model.region(region), this.stateOf(region)))
      for (const { key } of this.model.raisedBy.get(type) ?? [])
        if (taken(this.state.done[key]) || taken(this.state.waived[key])) this.unsettle(key);
  }

  /**
   * Whether a happening rests on a task that sufficed for it: it came with its tick, or followed later
   * and had no other such task to follow from.
   */
  private restsOn(task: TaskModel, doneBy: number | undefined): (step: Happening) => boolean {
    const others = this.sufficient(task.raises!).flatMap(({ key }) => this.state.done[key] ?? []);
    return ({ seq, automatic }) =>
      seq === doneBy ||
      (automatic && doneBy !== undefined && doneBy < seq && !others.some((one) => one <= seq));
  }

  private reconsiderStatus(): void {
    if (this.state.status === 'withdrawn') return;
    this.state.status = isDone(this.year.model.machines, statesOf(this.state)) ? 'done' : 'active';
  }

  private raise(type: string, data: EventData, followed: boolean): void {
    const { model } = this.year;
    if (this.state.status !== 'active') throw this.refuse(type);
    const event = { type, ...(data && { data }) };
    const outcome = apply(model.machines, statesOf(this.state), event, this.circumstances());
    if (!outcome.ok) throw this.refuse(type);
    const spec = model.event(type)?.spec;
    const seen = { ...this.circumstances(), regions: statesOf(this.state) };
    if (spec?.warn) this.warnings.push(...spec.warn(data, seen));
    this.move(outcome.transition, followed);
    // Who brings the report says that the data were analyzed, whether or not anybody had said so.
    for (const task of this.passedBy(outcome.transition)) this.settle(task);
    if (spec?.returns) this.askAgain(outcome.transition);
  }

  /** The tasks of events that a step leaves behind without their having happened. */
  private passedBy({ type, region: key, from, to }: Step): TaskModel[] {
    const region = this.model.region(key);
    if (region.states[to]?.doesNotApply) return [];
    const ahead = eventsAfter(region, to);
    return eventsAfter(region, from)
      .filter((passed) => passed !== type && !ahead.includes(passed))
      .flatMap((passed) => this.parties(passed))
      .filter((task) => !this.isSettled(task));
  }

  /** After a return, all that lies ahead is to be raised anew. */
  private askAgain({ region, to }: Step): void {
    const { model } = this.year;
    for (const type of eventsAfter(model.region(region), to))
      for (const task of model.raisedBy.get(type) ?? [])
        if (this.state.done[task.key] !== undefined) this.unsettle(task.key);
  }

  /** Everybody whose part it is, or one who suffices, has done it, and the event is possible. */
  private isRipe(type: string): boolean {
    const isDone = ({ key }: TaskModel) => this.state.done[key] !== undefined;
    const parties = this.parties(type);
    const all = parties.some(isDone) && parties.every((task) => this.isSettled(task));
    return (all || this.sufficient(type).some(isDone)) && this.isPossible(type);
  }

  private openItems(activity: string): TaskModel[] {
    const items = this.year.model.meetings.get(activity) ?? [];
    return items.filter((task) => this.standing(task).doable);
  }

  private isSettled({ key }: TaskModel): boolean {
    return this.state.done[key] !== undefined || this.state.waived[key] !== undefined;
  }

  /** Whether the event's region stands where it may come, guards left aside. */
  private isNext(type: string): boolean {
    const region = this.year.model.event(type)?.region;
    if (!region) return false;
    return nextEvents(region, this.state.regions[region.key]?.state ?? '').includes(type);
  }

  private isPossible(type: string): boolean {
    return this.outcomeOf(type).ok;
  }

  /** The tasks that raise an event together, as far as they are this school's. */
  private parties(type: string): TaskModel[] {
    const tasks = this.year.model.raisedBy.get(type) ?? [];
    return tasks.filter((task) => !task.suffices && applies(this.state, task));
  }

  /** The tasks each of which raises an event alone. */
  private sufficient(type: string): TaskModel[] {
    const tasks = this.year.model.raisedBy.get(type) ?? [];
    return tasks.filter((task) => task.suffices && applies(this.state, task));
  }

  private standing(task: TaskModel) {
    const { model, openedOn } = this.year;
    return taskStanding(model, this.state, openedOn, this.moment.today, task);
  }

  private move({ type, region, from, to }: Step, automatic: boolean): void {
    this.transitions.push({ event: type, region, from, to, automatic });
    this.state.regions[region] = { state: to, since: this.moment.today };
  }

  private settle(task: TaskModel): void {
    this.state.done[task.key] = this.year.headSeq + 1;
    this.settled.push(task.key);
    if (task.role !== this.moment.actor.role) this.onBehalfOf.add(task.role);
  }

  private excuse({ key }: TaskModel): void {
    this.state.waived[key] = this.year.headSeq + 1;
    this.waived.push(key);
  }

  private unsettle(key: string): void {
    delete this.state.done[key];
    delete this.state.waived[key];
    this.reopened.push(key);
  }

  private circumstances() {
    const { dates } = this.year.model;
    return { conditions: this.state.conditions, today: this.moment.today, dates };
  }

  /** Why an event is not possible now. */
  refuse(type: string): ConflictError {
    return eventNotPossible(this.year.model, this.state, this.moment.today, type);
  }

  /** What the charts say of an event as the year stands. */
  outcomeOf(type: string) {
    const { machines } = this.model;
    return apply(machines, statesOf(this.state), { type }, this.circumstances());
  }
}

/** The entry by which a year goes on under other charts. */
export const CHARTS = 'charts.changed';

const heldBack = ({ reason }: Obstacle): Warning => ({
  code: 'event-held-back',
  detail: `It is done, and what it brings about waits. ${reason}`,
});
