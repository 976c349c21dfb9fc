import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { openPage } from '../http/paging.ts';
import { idOf, idParams } from '../http/schemas.ts';
import { type Done, write } from '../http/write.ts';
import type { Command } from '../planning-years/decide.ts';
import { namedYear } from '../planning-years/find.ts';
import { subjectOf } from '../planning-years/view.ts';
import { taskSubject } from '../tasks/find.ts';
import { listNotes } from './find.ts';
import { noteOnTask, type Recorded, record } from './record.ts';
import { contactBody, meetingBody, note, noteBody, notes, notesQuery } from './schemas.ts';
import { noteView } from './view.ts';

/** Notes, contacts and meetings: entries of the year's log, like everything that happens to it. */
export function noteRoutes(app: App, ctx: Context): void {
  const tags = ['Notes'];
  const response = { 201: note };
  const subject = async (request: FastifyRequest) => {
    const id = idOf(request.params);
    const year = id === null ? undefined : await namedYear(ctx.db, id);
    return year ? subjectOf(year) : null;
  };

  app.get('/v1/planning-years/:id/notes', {
    config: { policy: 'notes.read', subject },
    schema: {
      tags,
      operationId: 'listNotes',
      summary: 'List notes, contacts and meetings',
      description:
        'Newest first. The team and vendors see what is about their own tasks, and what they wrote.',
      params: idParams,
      querystring: notesQuery,
      response: { 200: notes },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const { actor, query } = request;
      const page = openPage(request, reply, query, z.int());
      const entries = await listNotes(ctx.db, id, actor, query, page.after, page.fetch);
      return page.close(
        entries,
        ({ seq }) => seq,
        (entry) => noteView(id, entry),
      );
    },
  });

  app.post('/v1/planning-years/:id/notes', {
    config: { policy: 'notes.write', subject },
    schema: {
      tags,
      operationId: 'addNote',
      summary: 'Add a note to a planning year',
      description: 'With links, if there are any. It stays in the log; nothing else changes.',
      params: idParams,
      body: noteBody,
      response,
    },
    handler: (request, reply) => {
      const { text, ...rest } = request.body;
      return recorded(request, reply, request.params.id, {
        kind: 'note',
        task: null,
        note: text,
        ...rest,
      });
    },
  });

  app.post('/v1/tasks/:id/notes', {
    config: {
      policy: 'notes.write',
      subject: (request) => taskSubject(ctx.db, idOf(request.params)),
      subjectWithKey: true,
    },
    schema: {
      tags,
      operationId: 'addNoteToTask',
      summary: 'Add a note to a task',
      description: 'Whatever its status, also once it is done. Links are the evidence.',
      params: idParams,
      body: noteBody,
      response,
    },
    handler: (request, reply) => {
      const { id } = request.params;
      return write(ctx, request, reply, async (trx) =>
        noted(await noteOnTask(ctx, trx, id, request.body, request.actor)),
      );
    },
  });

  app.post('/v1/planning-years/:id/contacts', {
    config: { policy: 'contacts.write', subject },
    schema: {
      tags,
      operationId: 'recordContact',
      summary: 'Record that the school was reached',
      description: 'The latest one is `lastContact` of the planning year.',
      params: idParams,
      body: contactBody,
      response,
    },
    handler: (request, reply) => {
      const { text, ...rest } = request.body;
      const command = { kind: 'contact' as const, note: text ?? null, ...rest };
      return recorded(request, reply, request.params.id, command);
    },
  });

  app.post('/v1/planning-years/:id/meetings', {
    config: { policy: 'meetings.write', subject },
    schema: {
      tags,
      operationId: 'recordMeeting',
      summary: "Record a month's meeting",
      description:
        "Settles every role's open items of that meeting; an item that waits for something else stays as it is. It counts as a contact, too.",
      params: idParams,
      body: meetingBody,
      response,
    },
    handler: (request, reply) => {
      const { text, ...rest } = request.body;
      const command = { kind: 'meeting' as const, note: text ?? null, ...rest };
      return recorded(request, reply, request.params.id, command);
    },
  });

  const recorded = (
    request: FastifyRequest,
    reply: FastifyReply,
    planningYear: string,
    command: Command,
  ) =>
    write(ctx, request, reply, async (trx) =>
      noted(await record(ctx, trx, planningYear, command, request.actor)),
    );
}

const noted = ({ planningYear, entry }: Recorded): Done => ({
  status: 201,
  body: noteView(planningYear, entry),
  location: `/v1/planning-years/${planningYear}/notes`,
});
