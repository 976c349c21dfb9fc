import type { Messages } from './messages.en.ts';
import type { Counts, DigestModel, Item, OrganizationDigest } from './model.ts';

/** Names come from files: none may break a line or a header. */
export const oneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();

/** Whoever holds one role need not be told which one each thing is for. */
export const titleOf = ({ title, role }: Item, { roles }: DigestModel): string =>
  roles.length > 1 ? `${oneLine(title)} (${oneLine(role)})` : oneLine(title);

export const whenOf = ({ dueOn, daysLeft, safeBy }: Item, messages: Messages): string =>
  messages.when(dueOn, daysLeft, safeBy);

export const countsOf = (organizations: readonly OrganizationDigest[]): Counts => {
  const sum = (count: (organization: OrganizationDigest) => number) =>
    organizations.reduce((total, one) => total + count(one), 0);
  return {
    late: sum(({ late }) => late.length),
    due: sum(({ due }) => due.length),
    month: sum(({ month, waiting }) => month.length + waiting.length),
  };
};

/** Where a mail's links lead. */
export const taskUrl = (publicUrl: string, taskId: string): string =>
  `${publicUrl}/tasks/${taskId}`;
export const refusedUrl = (publicUrl: string, suppressionId: string): string =>
  `${publicUrl}/refused-addresses/${suppressionId}`;
export const yearUrl = (publicUrl: string, planningYearId: string): string =>
  `${publicUrl}/planning-years/${planningYearId}`;
