import { problemPlaces } from '@trending/runtime';
import type { BoardRef, ClientFrame, FrameErrorCode } from '@trending/schemas';
import { canonicalScope } from '@trending/schemas/addresses';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

const Board = Type.Object(
  {
    formula: Type.String({ minLength: 1, maxLength: 64 }),
    window: Type.String({ minLength: 1, maxLength: 8 }),
    scope: Type.String({ minLength: 1, maxLength: 80 }),
  },
  { additionalProperties: false },
);
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const subscribe = Compile(
  Type.Object(
    {
      type: Type.Literal('subscribe'),
      board: Board,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
      since: Type.Optional(
        Type.Object({ epoch: Count, seq: Count }, { additionalProperties: false }),
      ),
    },
    { additionalProperties: false },
  ),
);
const unsubscribe = Compile(
  Type.Object({ type: Type.Literal('unsubscribe'), board: Board }, { additionalProperties: false }),
);

/** Longest text a client may send, bytes. */
export const clientFrameBytesMax = 4_096;
/** Boards one connection may hold. */
export const subscriptionsMax = 32;
/** Messages a connection may send. */
export const messagesPerSecondMax = 20;

export interface FrameProblem {
  readonly code: FrameErrorCode;
  readonly message: string;
  readonly board?: BoardRef;
}

export type ParsedFrame =
  | { readonly ok: true; readonly frame: ClientFrame }
  | { readonly ok: false; readonly problem: FrameProblem };

const shape =
  'Send {"type":"subscribe","board":{"formula","window","scope"},"limit"?,"since"?:{"epoch","seq"}} or {"type":"unsubscribe","board"}.';

/** Checks what a client sent, already parsed from JSON. Nothing is taken over that is not named in the schema. */
export function parseClientFrame(value: unknown): ParsedFrame {
  if (subscribe.Check(value) || unsubscribe.Check(value))
    return { ok: true, frame: { ...value, board: canonical(value.board) } };
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : '';
  const checker =
    type === 'subscribe' ? subscribe : type === 'unsubscribe' ? unsubscribe : undefined;
  const [first] = problemPlaces('frame', checker?.Errors(value) ?? []);
  const what = first === undefined ? 'Not a frame.' : `${first.pointer} ${first.detail}.`;
  return { ok: false, problem: { code: 'bad-frame', message: `${what} ${shape}` } };
}

/** Whatever name of a chain a client uses: what it may see, what it holds and what it is sent are about one board. */
function canonical(board: BoardRef): BoardRef {
  return { ...board, scope: canonicalScope(board.scope) };
}

/** As {@link parseClientFrame}, from text. */
export function parseClientText(text: string): ParsedFrame {
  try {
    return parseClientFrame(JSON.parse(text));
  } catch {
    return { ok: false, problem: { code: 'bad-frame', message: `Not JSON. ${shape}` } };
  }
}
