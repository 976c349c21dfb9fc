const world = globalThis as { planningYearTests?: { stop?: () => Promise<void> } };
world.planningYearTests ??= {};

/** What global set-up leaves for global teardown; Jest may load each in a world of its own. */
export const shared = world.planningYearTests;
