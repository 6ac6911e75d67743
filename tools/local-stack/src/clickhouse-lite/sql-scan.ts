/** What the HTTP layer must know of a statement before it gives it to the engine. Positions are string indexes. */
export interface Statement {
  /** First keyword, upper case; '(' for a parenthesised query, '' for an empty text. */
  readonly verb: string;
  /** Named by a FORMAT clause. */
  readonly format: string | undefined;
  /** INSERT only: where inline data begins, behind `FORMAT x` or `VALUES`; undefined for INSERT … SELECT and without either. */
  readonly dataAt: number | undefined;
  /** End of the statement's text, before a closing semicolon. */
  readonly end: number;
  /** Is there a second statement behind a semicolon? */
  readonly isMulti: boolean;
  /** Lower-case names that are followed by '(': functions, table functions, engines. */
  readonly calls: ReadonlySet<string>;
  /** INTO OUTFILE or FROM INFILE: would touch files of the engine's host. */
  readonly usesFiles: boolean;
}

interface Token {
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

// Order matters: comments and quoted things first, so that nothing inside them is read as SQL.
const tokenPattern =
  /--[^\n]*|#[! ][^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`|\w+|\S/g;

function* tokensOf(text: string): Generator<Token> {
  tokenPattern.lastIndex = 0;
  for (const match of text.matchAll(tokenPattern)) {
    const found = match[0];
    if (found.startsWith('--') || found.startsWith('/*') || /^#[! ]/.test(found)) continue;
    yield { text: found, at: match.index, end: match.index + found.length };
  }
}

/** Reads a statement's outline; of an INSERT's inline data nothing is read. */
export function scanStatement(text: string): Statement {
  const scan = new Scan();
  for (const token of tokensOf(text)) {
    if (!scan.take(token)) break;
  }
  return scan.statement(text);
}

class Scan {
  readonly #calls = new Set<string>();
  #verb = '';
  #format: string | undefined;
  #dataAt: number | undefined;
  #semicolonAt: number | undefined;
  #isMulti = false;
  #usesFiles = false;
  #depth = 0;
  #hasSelect = false;
  #previous = '';
  #previousRaw = '';

  /** False when the rest of the text need not be read. */
  take(token: Token): boolean {
    if (this.#semicolonAt !== undefined) {
      this.#isMulti = token.text !== ';';
      return !this.#isMulti;
    }
    const word = token.text.toUpperCase();
    if (this.#verb === '') this.#verb = word;
    if (word === ';') this.#semicolonAt = token.at;
    const goOn = this.#clause(token, word);
    this.#parentheses(word);
    this.#previous = word;
    this.#previousRaw = token.text;
    return goOn;
  }

  statement(text: string): Statement {
    const end = this.#semicolonAt ?? text.length;
    return {
      verb: this.#verb,
      format: this.#format,
      dataAt: this.#dataAt,
      end,
      isMulti: this.#isMulti,
      calls: this.#calls,
      usesFiles: this.#usesFiles,
    };
  }

  #clause(token: Token, word: string): boolean {
    if (word === 'OUTFILE' || word === 'INFILE') this.#usesFiles = true;
    if (this.#depth > 0) return true;
    if (word === 'SELECT') this.#hasSelect = true;
    const isInsert = this.#verb === 'INSERT';
    if (this.#previous === 'FORMAT' && /^\w+$/.test(token.text)) {
      this.#format = token.text;
      if (!isInsert) return true;
      this.#dataAt = token.end;
      return false;
    }
    if (isInsert && word === 'VALUES' && !this.#hasSelect) {
      this.#format = 'Values';
      this.#dataAt = token.end;
      return false;
    }
    return true;
  }

  #parentheses(word: string): void {
    if (word === '(') {
      this.#depth += 1;
      if (/^\w+$/.test(this.#previousRaw)) this.#calls.add(this.#previousRaw.toLowerCase());
    } else if (word === ')') {
      this.#depth -= 1;
    }
  }
}
