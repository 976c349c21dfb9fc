import type { YearStatus } from '../db/tables.ts';
import { type Html, html } from '../html.ts';
import { page } from '../layout/layout.ts';
import type { LogLine } from './log-lines.ts';
import { happened } from './parts.ts';
import type { TaskLine, TasksOfYear } from './year-tasks.ts';

export interface YearPage {
  base: string;
  school: string;
  /** Null for a district's own year. */
  district: string | null;
  year: string;
  program: string;
  status: YearStatus;
  progress: { done: number; open: number; overdue: number; blocked: number };
  lastContact: string | null;
  regions: { region: string; state: string; since: string; late: boolean }[];
  tasks: TasksOfYear;
  /** Null: not for this reader. */
  log: LogLine[] | null;
}

/** One school's year: what waits for the reader, where everything stands, what happened last. */
export const yearPage = (of: YearPage): string =>
  page(
    `${of.school}, ${of.year}`,
    html`<h1>${of.school}, ${of.year}</h1>
<p>${of.program}${of.district && html`; ${of.district}`}</p>
${STATUSES[of.status] && html`<p class="status"><strong>${STATUSES[of.status]}</strong></p>\n`}<p>${counts(of)}${
      of.lastContact && html` The school was last met or reached on ${of.lastContact}.`
    }</p>
<h2>What is open for you</h2>
${of.tasks.own.length === 0 ? html`<p>Nothing is waiting for you here.</p>` : taskList(of.tasks.own)}
<h2>Where it stands</h2>
${regions(of)}
<h2>All tasks by month</h2>
${of.tasks.months.map(month)}
${of.log && log(of.log)}`,
    of.base,
  );

/** An active year needs no word. */
const STATUSES: Record<YearStatus, string | null> = {
  active: null,
  done: 'This planning year is done.',
  withdrawn: 'This planning year was withdrawn.',
};

const counts = ({ progress: { done, open, overdue, blocked } }: YearPage): string =>
  `Tasks: ${done} done, ${open} open, ${blocked} waiting for something else${overdue > 0 ? `; ${overdue} of them late` : ''}.`;

const taskList = (tasks: TaskLine[]): Html => html`<ul class="plain">${tasks.map(
  ({ title, url, role, late, about }) => html`<li><a href="${url}">${title}</a>
<br><span class="${late ? 'late' : 'note'}">${about}</span> <span class="note">(${role})</span></li>\n`,
)}</ul>
`;

const regions = ({ regions }: YearPage): Html => html`<ul class="plain pairs">${regions.map(
  ({ region, state, since, late }) => html`<li><strong>${region}</strong>
<span>${state}, <span class="note">since ${since}</span>${late && html` <strong class="late">Late</strong>`}</span></li>\n`,
)}</ul>
`;

const month = ({ title, now, open, tasks }: TasksOfYear['months'][number]): Html => html`<details${
  now && html` open`
}>
<summary>${title}: ${tasks.length} in all, ${open} open</summary>
${taskList(tasks)}</details>
`;

const log = (lines: LogLine[]): Html => html`<h2>What happened last</h2>
<ul class="plain">${lines.map(
  (line) => html`<li><strong>${line.title}</strong>
${line.moves.map((move) => html`<br>${move}\n`)}${happened(line)}</li>\n`,
)}</ul>
`;
