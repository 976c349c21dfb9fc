import { type Html, html } from '../html.ts';
import { page } from '../layout/layout.ts';
import type { Place } from '../layout/proof.ts';
import type { ActivityView } from './activity.ts';
import { type Faults, type Field, fieldOf, type Typed } from './fields.ts';
import type { Happened } from './happened.ts';
import type { ObstacleView } from './obstacles.ts';
import { happened, link } from './parts.ts';
import { taskPath } from './paths.ts';
import type { Acts } from './task-acts.ts';
import { completeFields, type FormName, noteFields, reopenFields } from './task-forms.ts';

export interface TaskPage extends Place {
  /** Sent along with each form, so that one that is sent twice counts once. */
  once: string;
  task: {
    id: string;
    title: string;
    version: number;
    today: string;
    place: string;
    yearUrl: string;
    role: string;
    /** The month that the calendar gives it to. */
    month: string;
    /** How the status looks. */
    tone: '' | ' late' | ' done';
    status: { word: string; meaning: string };
    /** Null where its date no longer matters. */
    due: string | null;
    obstacles: ObstacleView[];
    /** What is worth looking into before it is done. */
    warnings: string[];
    /** The calendar's own notes. */
    remarks: { kind: string; text: string }[];
    activity: ActivityView;
    settlement: Happened | null;
    notes: Happened[];
    acts: Acts;
  };
  /** That a form was carried out; null: there was none. */
  done: string | null;
  failed: Failed | null;
}

/** A form that came to nothing. */
interface Failed {
  form: FormName;
  why: string;
  typed: Typed;
  faults: Faults;
}

/** One task: what it is, how it stands, and what its reader may do about it. */
export const taskPage = (of: TaskPage): string => {
  const { task, base, done, failed } = of;
  return page(
    task.title,
    html`${done !== null && html`<p class="success" role="status">${done}</p>\n`}${
      failed && failure(of, failed)
    }<p class="crumb"><a href="${task.yearUrl}">${task.place}</a></p>
<h1>${task.title}</h1>
<p class="status${task.tone}"><strong>${task.status.word}.</strong> ${task.status.meaning}${
      task.due !== null && html` ${task.due}.`
    }</p>
${happened(task.settlement)}
${task.warnings.map((warning) => html`<p class="note"><strong>Please check:</strong> ${warning}</p>\n`)}${task.obstacles.length > 0 && waiting(task)}
${forms(of)}
<h2>What it is about</h2>
<dl>
<dt>Whose task</dt><dd>${task.role}</dd>
<dt>When</dt><dd>${task.month}</dd>
<dt>Part of</dt><dd>${task.activity.title}</dd>
</dl>
${task.remarks.map(remark)}
${aids(task.activity)}
${(task.notes.length > 0 || task.acts.note) && notes(of)}`,
    base,
  );
};

/** Why a form came to nothing; with what was typed where no form is left that could hold it. */
const failure = (of: TaskPage, failed: Failed): Html => html`<div class="alert" role="alert">
<p>${failed.why}</p>
${isGone(of) && !of.task.acts.note && failed.typed.note && html`<p class="said">${failed.typed.note}</p>\n`}</div>
`;

const waiting = ({ obstacles, acts }: TaskPage['task']): Html => html`${
  acts.complete
    ? html`<h2>What still waits</h2>
<p>It can be marked done now. What it brings about waits until this is so:</p>
`
    : html`<h2>Why it waits</h2>
`
}<ul>${obstacles.map(
  ({ reason, tasks, roles }) =>
    html`<li>${reason}${
      tasks.length > 0 &&
      html`
<br>What would help:
<ul>${tasks.map(({ title, role, url }) => html`<li><a href="${url}">${title}</a> (${role})</li>\n`)}</ul>`
    }${roles.length > 0 && html`\n<br>Who can help: ${roles.join(', ')}`}</li>\n`,
)}</ul>
`;

function forms(of: TaskPage): Html {
  const { complete, reopen } = of.task.acts;
  const fields = complete && completeFields(of.task.today, complete.spec);
  return html`${
    complete &&
    fields &&
    html`<h2>Mark it done</h2>
${complete.effects.map((effect) => html`<p>${effect}</p>\n`)}${form(of, 'complete', fields, 'Mark it done', { effectiveOn: of.task.today })}`
  }${
    reopen &&
    (reopen.refusal === null
      ? html`<h2>Take it back</h2>
<p>It will be asked for again. What was recorded stays in the log.</p>
${form(of, 'reopen', reopenFields(reopen.others), 'Take it back', { everywhere: 'on' })}`
      : html`<p class="note">It can’t be taken back here. ${reopen.refusal}</p>\n`)
  }`;
}

function form(
  { base, proof, once, task, failed }: TaskPage,
  name: FormName,
  fields: Field[],
  button: string,
  typed: Typed = {},
): Html {
  const sent = failed?.form === name ? failed : { typed, faults: {} };
  return html`<form method="post" action="${base}${taskPath(task.id)}/${name}">
<input type="hidden" name="proof" value="${proof}">
<input type="hidden" name="once" value="${once}">
<input type="hidden" name="version" value="${task.version}">
${fields.map((field) => fieldOf(name, field, sent.typed, sent.faults))}<button>${button}</button>
</form>
`;
}

/** What the calendar says of itself, by kind. */
const REMARKS: Record<string, string> = {
  ambiguous: 'The source is not clear here',
  erratum: 'The source is mistaken here',
  derived: 'Not in the source, but follows from it',
  unset: 'No date yet',
};

const remark = ({ kind, text }: { kind: string; text: string }): Html =>
  html`<p class="note"><strong>${REMARKS[kind] ?? kind}:</strong> ${text}</p>\n`;

const aids = ({ topics, resources }: ActivityView): Html =>
  html`${
    topics.length > 0 &&
    html`<h3>Topics of the meeting</h3>
<ul>${topics.map((topic) => html`<li>${topic}</li>\n`)}</ul>
`
  }${
    resources.length > 0 &&
    html`<h3>What helps</h3>
<ul>${resources.map(
      ({ title, url }) =>
        html`<li>${url === null ? html`${title} <span class="note">(its address has not been set)</span>` : link(title, url)}</li>\n`,
    )}</ul>
`
  }`;

function notes(of: TaskPage): Html {
  const { notes, acts } = of.task;
  const failed = asNote(of);
  return html`<h2>Notes</h2>
${notes.length === 0 && html`<p>There are none yet.</p>\n`}${notes.map(happened)}${
  acts.note &&
  html`<details${failed?.form === 'notes' && html` open`}>
<summary>Add a note</summary>
${form({ ...of, failed }, 'notes', noteFields, 'Add the note')}</details>
`
}`;
}

/** What was typed into a form that is gone meanwhile is offered as a note, so that it is not lost. */
function asNote(of: TaskPage): Failed | null {
  const { failed } = of;
  if (!failed || !isGone(of)) return failed;
  const { note = '', reason = note, ...rest } = failed.typed;
  return { ...failed, form: 'notes', typed: { ...rest, text: reason }, faults: {} };
}

/** Whether the form that was sent does not stand on the page any more. */
const isGone = ({ failed, task: { acts } }: TaskPage): boolean =>
  (failed?.form === 'complete' && acts.complete === null) ||
  (failed?.form === 'reopen' && acts.reopen?.refusal !== null);
