import { ClickHouseException } from './exceptions.ts';

export interface RunningQueries {
  /** Takes the id until the returned function is called. @throws ClickHouseException 216 while another query has it */
  enter(queryId: string): () => void;
}

/** Ids of the queries that wait or run; as on the server, two of one id never run beside each other. */
export function createRunningQueries(): RunningQueries {
  const ids = new Set<string>();
  return {
    enter(queryId) {
      if (ids.has(queryId)) {
        throw new ClickHouseException(
          216,
          'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING',
          `Query with id = ${queryId} is already running.`,
        );
      }
      ids.add(queryId);
      return () => ids.delete(queryId);
    },
  };
}
