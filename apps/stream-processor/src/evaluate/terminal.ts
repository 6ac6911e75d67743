/** Where people read. */
export interface Terminal {
  write(text: string): unknown;
}
