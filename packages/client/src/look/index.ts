export { chainLook } from '../element/chains.ts';
export { periodText, shownParts, whySentence } from '../element/explain.ts';
export { fetchExplanation } from '../element/explanation-source.ts';
export { compact, hueOf, monogram, scoreText, shortAddress } from '../element/format.ts';
export { figuresTable } from '../element/parts/figures-table.ts';
export { frameItemOf } from '../subscribe/transports/rest-board.ts';
