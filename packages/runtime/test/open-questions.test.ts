import { expect, test } from 'vitest';
import { OpenQuestions } from '../src/open-questions.ts';
import { createLatch, ManualClock } from '../src/testing/index.ts';

test('the question that has waited longest is told once its time is over, and no more when it is answered', async () => {
  const clock = new ManualClock(0);
  const questions = new OpenQuestions(10_000, clock);
  expect(questions.overdue()).toBeUndefined();
  const [first, second] = [createLatch<number>(), createLatch()];
  const asked = questions.during('the first', () => first.opened);
  clock.advance(4_000);
  const alsoAsked = questions.during('the second', () => second.opened);
  clock.advance(5_999);
  expect(questions.overdue()).toBeUndefined();
  clock.advance(1);
  expect(questions.overdue()).toBe('the first has had no answer for 10 s');
  first.open(7);
  expect(await asked).toBe(7);
  expect(questions.overdue()).toBeUndefined();
  clock.advance(6_000);
  expect(questions.overdue()).toBe('the second has had no answer for 12 s');
  second.open();
  await alsoAsked;
  expect(questions.overdue()).toBeUndefined();
});

test('a question that fails is open no more', async () => {
  const clock = new ManualClock(0);
  const questions = new OpenQuestions(10_000, clock);
  const refused = questions.during('it', () => Promise.reject(new Error('no')));
  await expect(refused).rejects.toThrow('no');
  clock.advance(20_000);
  expect(questions.overdue()).toBeUndefined();
});
