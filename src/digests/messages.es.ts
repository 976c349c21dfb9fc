import { type Forms, grammarOf } from './grammar.ts';
import type { Messages } from './messages.en.ts';
import type { Unit } from './model.ts';

const { longDate, monthName, list, inDays, count, form } = grammarOf('es-US');

const PLACES: Record<Unit, Forms> = {
  school: { one: 'escuela', other: 'escuelas' },
  district: { one: 'distrito', other: 'distritos' },
  mixed: { one: 'lugar', other: 'lugares' },
};
const ADDRESSES: Forms = { one: 'dirección', other: 'direcciones' };
const TASKS: Forms = { one: 'tarea', other: 'tareas' };
const LATE: Forms = { one: 'atrasada', other: 'atrasadas' };

/** The words of the mails in Spanish. Titles come from the calendar, in its own language. */
export const spanish: Messages = {
  language: 'es',
  name: 'Español',

  subject: ({ late, due, month }, on, where) =>
    `${
      [late > 0 && `${late} ${form(late, LATE)}`, due > 0 && `${due} por vencer`]
        .filter(Boolean)
        .join(', ') ||
      (month > 0 ? `Lo que espera ${monthName(on)}` : 'Correos que no llegarían a nadie')
    }: ${where}`,
  places: (places, unit) => count(places, PLACES[unit]),

  greeting: (name) => `Hola, ${name}:`,
  summary: ({ late, due, month }, on, where) => {
    const parts = [
      late > 0 && `${count(late, TASKS)} ${form(late, LATE)}`,
      due > 0 && `${count(due, TASKS)} por vencer`,
      month > 0 && `${late + due > 0 ? `${month} más` : count(month, TASKS)} para ${monthName(on)}`,
    ].filter((part) => part !== false);
    return parts.length > 0
      ? `Al ${longDate(on)}, en ${where}: ${list(parts)}.`
      : `Al ${longDate(on)}, en ${where}: los recordatorios no llegarían a nadie.`;
  },

  late: 'Atrasado',
  due: 'Vence pronto',
  month: (on) => `Se espera en ${monthName(on)}`,
  waiting: 'Depende de otras personas',
  unreached: 'Correos que no llegarían a nadie',

  refused: 'Direcciones que rechazan el correo (pida otras; cada enlace dice qué hacer después)',
  refusedOf: (name, roles) => `${name} (${list(roles)})`,
  refusedBy: (address, said) => `${address}: el servidor de correo dijo «${said}»`,
  refusedSubject: (addresses) =>
    `${count(addresses, ADDRESSES)} ${form(addresses, { one: 'rechaza', other: 'rechazan' })} el correo`,
  refusedSummary: (on, addresses) =>
    `Al ${longDate(on)}: ${count(addresses, ADDRESSES)} ${form(addresses, { one: 'rechaza', other: 'rechazan' })} el correo, así que nada llega a ${form(addresses, { one: 'su persona', other: 'sus personas' })}.`,

  when: (dueOn, daysLeft, safeBy) =>
    dueOn === null || daysLeft === null
      ? 'aún no tiene fecha'
      : daysLeft < 0
        ? `venció el ${longDate(dueOn)}, ${inDays(daysLeft)}`
        : `vence el ${longDate(dueOn)}, ${inDays(daysLeft)}${safeBy ? `; procure terminar el ${longDate(safeBy)}` : ''}`,
  at: (places) => `en ${places}`,
  unreachedRole: (role, tasks) =>
    `${role}: nadie tiene esta función; ${count(tasks, TASKS)} ${form(tasks, { one: 'espera', other: 'esperan' })} a que se asigne a alguien`,
  more: (more) => `y ${more} más`,
  inShort: (unit) => `Resumen de ${PLACES[unit].other}, primero lo más urgente`,
  morePlaces: (places, unit) => `y ${count(places, PLACES[unit])} más`,
  short: ({ late, due, month }, unreached) =>
    list(
      [
        late > 0 && `${late} ${form(late, LATE)}`,
        due > 0 && `${due} por vencer`,
        month > 0 && `${month} para este mes`,
        unreached > 0 && `${count(unreached, { one: 'función', other: 'funciones' })} sin asignar`,
      ].filter((part) => part !== false),
    ),

  calendar: 'Las fechas van adjuntas en un archivo de calendario.',
  why: (roles, programs) =>
    `Recibe este correo porque está registrado como ${list(roles)} en: ${programs.join('; ')}. Lo pendiente llega en un solo correo al día como máximo.`,
  notYours: (agencies, answered) =>
    answered
      ? '¿Tiene preguntas, o no es su trabajo? Responda a este correo: llega a su coordinador.'
      : `Si no es su trabajo, por favor avise a: ${list(agencies)}.`,
  optional:
    'No contiene nada obligatorio: «cancelar suscripción» en su programa de correo desactiva este tipo de correo.',

  event: {
    summary: (title, place) => `Vence: ${title} (${place})`,
    safeBy: (date) => `Procure terminar el ${longDate(date)}.`,
  },
  feed: (name) => `Fechas límite de ${name}`,

  signIn: {
    subject: 'Entrar al año de planificación',
    before:
      'Alguien, probablemente usted, pidió entrar con esta dirección. Abra este enlace en los próximos diez minutos, en el navegador en el que lo pidió, y pulse allí el botón:',
    button: 'Entrar',
    after:
      'Funciona una sola vez. Si no fue usted, no tiene que hacer nada: sin este correo nadie puede entrar.',
  },

  unsubscribe: {
    title: 'Desactivar correos',
    question: '¿No quiere recibir más correos de este tipo?',
    button: 'Desactivar',
    done: 'Este correo está desactivado. Lo que vence o está atrasado se le seguirá comunicando.',
  },
};
