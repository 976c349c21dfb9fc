import type { z } from 'zod';
import { renderDigest } from '../digests/digest.ts';
import { messagesFor } from '../digests/languages.ts';
import type {
  Item,
  OrganizationDigest,
  OtherEnd,
  RefusedAddress,
  UnsetTask,
} from '../digests/model.ts';
import type { MessageRow, ReminderRow } from './find.ts';
import type { Preview } from './preview.ts';
import type { preview, reminder, reminderWithMessage } from './schemas.ts';

export const reminderView = (row: ReminderRow): z.infer<typeof reminder> => ({
  id: row.id,
  planningYear: row.planningYearId,
  school: row.organizationKind === 'school' ? row.organizationCode : null,
  task: row.taskId,
  role: row.role,
  recipient: row.personId
    ? { id: row.personId, name: row.name ?? '', email: row.email ?? '' }
    : null,
  rule: row.rule,
  occasion: row.occasion,
  dueOn: row.dueOn,
  delivery: row.delivery,
  status: row.status,
  reason: row.reason,
  sentAt: row.status === 'sent' ? (row.sentAt?.toISOString() ?? null) : null,
  createdAt: row.createdAt.toISOString(),
});

export const reminderWithMessageView = (
  row: ReminderRow,
  message: MessageRow | null,
): z.infer<typeof reminderWithMessage> => ({
  ...reminderView(row),
  message: message && {
    id: message.id,
    kind: message.kind,
    on: message.localDate,
    status: message.status,
    reason: message.reason,
    messageId: message.mailId,
    to: message.toAddress,
    attempts: message.attempts,
    lastError: message.lastError,
    createdAt: message.createdAt.toISOString(),
    firstAttemptAt: message.firstAttemptAt?.toISOString() ?? null,
    nextAttemptAt: message.nextAttemptAt?.toISOString() ?? null,
    sentAt: message.sentAt?.toISOString() ?? null,
    reported: message.reported,
    reportedAt: message.reportedAt?.toISOString() ?? null,
    subject: message.subject,
    text: message.text,
    html: message.html,
  },
});

export const previewView = (
  { on, held, model, person: { id, name, email, language } }: Preview,
  publicUrl: string,
): z.infer<typeof preview> => ({
  recipient: { id, name, email },
  on,
  held,
  ...renderDigest(model, publicUrl, messagesFor(language)),
  items: [
    ...model.organizations.flatMap(itemsOf),
    ...model.unset.flatMap(unsetItems),
    ...model.refused.flatMap(refusedItems),
  ],
});

const refusedItems = ({ name, roles, places }: RefusedAddress) =>
  places.map(({ planningYearId: planningYear }) => ({
    ...{ section: 'refused' as const, planningYear, task: null, dueOn: null },
    role: roles.join(', '),
    title: name,
  }));

const unsetItems = ({ role, title, places }: UnsetTask) =>
  places.map(({ planningYearId: planningYear, taskId: task }) => ({
    ...{ section: 'unset' as const, planningYear, task, role, title, dueOn: null },
  }));

function itemsOf(organization: OrganizationDigest) {
  const { planningYearId: planningYear, waitingOnYou, unreached } = organization;
  const { late, due, month, waiting } = organization;
  const view =
    (section: 'waitingOnYou' | 'late' | 'due' | 'month' | 'waiting') =>
    ({ taskId, role, title, dueOn, waitsOn }: Item) => ({
      section,
      planningYear,
      task: taskId,
      role,
      title,
      dueOn,
      ...(waitsOn.length > 0 && { waitsOn: waitsOn.map(waitView) }),
    });
  const nobody = { section: 'noRecipient' as const, planningYear, task: null, title: null };
  return [
    ...waitingOnYou.map(view('waitingOnYou')),
    ...late.map(view('late')),
    ...due.map(view('due')),
    ...month.map(view('month')),
    ...waiting.map(view('waiting')),
    ...unreached.map(({ role }) => ({ ...nobody, role, dueOn: null })),
  ];
}

const waitView = ({ roles, taskId, title }: OtherEnd) => ({
  role: roles.join(', '),
  task: taskId,
  title,
});
