import type { BoardAccess } from '../domain/board-access.ts';
import { namedToken, type TokenQuestion, tokensWithAddress } from '../domain/token-finder.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { problem } from './problems.ts';

/** The token a request means. @throws ProblemError 404 unknown, 400 when the address lives on several chains. */
export function tokenAsked(
  question: TokenQuestion,
  parts: GatewayParts,
  access: BoardAccess,
): string {
  const named = namedToken(question);
  if (named !== undefined) return named;
  const [only, ...more] = tokensWithAddress(question.address, {
    boards: parts.shelf.all(access),
    directory: parts.directory,
  });
  if (only === undefined) {
    throw problem(
      404,
      'unknown-token',
      'No token with this address is known; give chain= to ask for any.',
    );
  }
  if (more.length > 0) {
    const choices = [only, ...more].slice(0, 20).join(', ');
    throw problem(
      400,
      'ambiguous-token',
      `Several chains have it; give chain=. Tokens: ${choices}.`,
    );
  }
  return only;
}
