/** Something that must never happen did. */
export class Wrong extends Error {
  override readonly name = 'Wrong';
}

/** Everything is well, and yet it does not go on. */
export class Stalled extends Error {
  override readonly name = 'Stalled';
}
