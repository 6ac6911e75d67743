import type { Board, BoardItem, FrameItem } from '@trending/schemas';
import type { ExplainAnswer } from '@trending/schemas/http/tokens';
import type { BoardVersion } from '../domain/board-version.ts';
import { contributionText } from '../domain/contribution-text.ts';
import { explanationOf } from '../domain/explanation.ts';
import { headOf, sigmaOf } from './answers.ts';
import { problem } from './problems.ts';

const micro = 1_000_000;
const nano = 1_000_000_000;

/**
 * Why a token stands where it stands on a version. `isOperator`: with its networks, and how much their cap and how much the quality of
 * views took away. @throws ProblemError 404 when it is not on it.
 */
export function explainAnswer(
  token: string,
  version: BoardVersion,
  isOperator: boolean,
): ExplainAnswer {
  const { board, items } = version;
  const item = items.find((candidate) => candidate.token === token);
  const recorded = board.items.find((candidate) => candidate.token === token);
  if (item === undefined || recorded === undefined) {
    throw problem(404, 'not-on-board', `${token} is not on the board ${version.key} now.`);
  }
  const { networks, basis } = recorded;
  const capped = basis?.capped ?? -1;
  const detail = isOperator ? { networks, capped } : undefined;
  return {
    token,
    board: headOf(board),
    rank: item.rank,
    score: item.scoreMicro / micro,
    scoreMicro: item.scoreMicro,
    ...countsOf(item),
    phi: basis === null ? null : basis.phiMicro / micro,
    inputs: inputsOf(board, recorded),
    contributions: item.contributions.map((part) => ({
      name: part.name,
      points: part.micro / micro,
      micro: part.micro,
      says: contributionText(part, item, detail),
    })),
    sentence: explanationOf(version, item, detail),
    ...(isOperator && { operator: { networks, lost: lostTo(item, capped) } }),
  };
}

function countsOf(item: FrameItem) {
  return {
    sigma: sigmaOf(item),
    observed: item.observed / micro,
    expected: item.expected / micro,
    rawViews: item.rawViews,
    visitors: item.visitors,
    effectiveVisitors: item.effectiveVisitors / micro,
    integrity: item.integrityMicro / micro,
    lost: lostOf(item) / micro,
  };
}

function inputsOf({ siteEffective }: Board, { basis }: BoardItem): ExplainAnswer['inputs'] {
  if (basis === null || siteEffective < 0) return null;
  return {
    siteVisitors: siteEffective / micro,
    share: basis.shareNano / nano,
    cohort: basis.cohort,
    hourIndex: basis.hourIndexMicro / micro,
  };
}

/** Visitors that are not counted, micro. */
function lostOf({ visitors, effectiveVisitors }: FrameItem): number {
  return visitors * micro - effectiveVisitors;
}

/** What they were lost to: the cap takes from what the weights have left. */
function lostTo(item: FrameItem, capped: number) {
  if (capped < 0) return { networkCap: null, quality: null };
  return { networkCap: capped / micro, quality: (lostOf(item) - capped) / micro };
}
