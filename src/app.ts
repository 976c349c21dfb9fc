import type { Context } from './context.ts';
import { deliveryGauges, mailServerCheck, scanCheck } from './delivery/heartbeat.ts';
import { mailHoldRoutes } from './delivery/hold-routes.ts';
import { mailSettingsRoutes } from './delivery/settings-routes.ts';
import { suppressionRoutes } from './delivery/suppression-routes.ts';
import { calendarRoutes } from './feeds/calendar-routes.ts';
import { feedRoutes } from './feeds/routes.ts';
import type { App } from './http/app.ts';
import { createServer, type ServerOptions } from './http/server.ts';
import { jobRoutes } from './jobs/routes.ts';
import { keyRoutes } from './keys/routes.ts';
import { mailRoutes } from './mail/routes.ts';
import { assignmentRoutes } from './people/assignment-routes.ts';
import { assignmentImportRoutes } from './people/import-routes.ts';
import { personRoutes } from './people/person-routes.ts';
import type { MailsOfYear } from './planning-years/dry-run.ts';
import { designationImportRoutes } from './planning-years/import-routes.ts';
import { parameterRoutes } from './planning-years/parameter-routes.ts';
import { planningYearRoutes } from './planning-years/routes.ts';
import { preferencesRoutes } from './preferences/routes.ts';
import { unsubscribeRoutes } from './preferences/unsubscribe-routes.ts';
import { programRoutes } from './programs/routes.ts';
import { mailsOfYear } from './reminders/mails-of-year.ts';
import { reminderRoutes } from './reminders/routes.ts';
import { unreachedRoutes } from './reminders/unreached-routes.ts';
import { reportRoutes } from './reports/routes.ts';
import { schoolImportRoutes } from './schools/import-routes.ts';
import { schoolRoutes } from './schools/routes.ts';
import { taskRoutes } from './tasks/routes.ts';

/** The whole API, ready to listen. One line for each room: this list is the map. */
export async function buildApp(ctx: Context, options: ServerOptions = {}): Promise<App> {
  const app = await createServer(ctx, {
    checks: [scanCheck(ctx), mailServerCheck(ctx)],
    gauges: deliveryGauges(ctx),
    ...options,
  });
  programRoutes(app, ctx);
  schoolRoutes(app, ctx);
  schoolImportRoutes(app, ctx);
  designationImportRoutes(app, ctx);
  jobRoutes(app, ctx);
  parameterRoutes(app, ctx);
  const mailsOf: MailsOfYear = (db, year) => mailsOfYear(ctx, db, year);
  planningYearRoutes(app, ctx, mailsOf);
  taskRoutes(app, ctx, mailsOf);
  personRoutes(app, ctx);
  assignmentRoutes(app, ctx);
  assignmentImportRoutes(app, ctx);
  preferencesRoutes(app, ctx);
  unsubscribeRoutes(app, ctx);
  feedRoutes(app, ctx);
  calendarRoutes(app, ctx);
  keyRoutes(app, ctx);
  reminderRoutes(app, ctx);
  unreachedRoutes(app, ctx);
  reportRoutes(app, ctx);
  mailHoldRoutes(app, ctx);
  mailSettingsRoutes(app, ctx);
  suppressionRoutes(app, ctx);
  mailRoutes(app, ctx);
  await app.ready();
  return app;
}
