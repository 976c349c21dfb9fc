/** One request of the load; its answer's status is all that is looked at. */
export interface Request {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What the load is to do: each lane is gone through in its order, several lanes at once. */
export interface Load {
  port: number;
  lanes: Request[][];
  connections: number;
  /** The status that every answer must have. */
  status: number;
}

/** What came of it. */
export type Outcome = { requests: number; ms: number } | { fault: string };
