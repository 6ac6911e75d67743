import { expect, test } from 'vitest';
import { type BoardTarget, connectingState, SharedBoards } from '../../src/react/shared-boards.ts';
import { subscribeBoard } from '../../src/subscribe/index.ts';
import { board, item, snapshot } from '../subscribe/support/frames.ts';
import { ManualEnvironment } from '../subscribe/support/manual-environment.ts';
import { ScriptedTransport } from '../subscribe/support/scripted-transport.ts';

function bench() {
  const transport = new ScriptedTransport();
  const environment = new ManualEnvironment();
  const boards = new SharedBoards((options) => subscribeBoard({ ...options, environment }));
  const target: BoardTarget = { endpoint: 'http://gateway', board, limit: 20, transport };
  return { transport, environment, boards, target };
}

const none = () => undefined;
const microtasks = () => new Promise((resolve) => setImmediate(resolve));

test('nothing is opened before somebody listens', () => {
  const { transport, boards, target } = bench();
  expect(boards.at(target).state()).toBe(connectingState);
  expect(transport.links).toHaveLength(0);
});

test('equal targets share one link, other boards have their own, and limits of one class are equal', () => {
  const { transport, boards, target } = bench();
  const more = [
    target,
    { ...target, board: { ...board } },
    { ...target, limit: 11 },
    { ...target, endpoint: 'http://gateway/' },
  ];
  for (const each of more) boards.at(each).listen(none);
  expect(transport.links).toHaveLength(1);
  expect(transport.newest.request.limit).toBe(20);
  boards.at({ ...target, limit: 50 }).listen(none);
  boards.at({ ...target, board: { ...board, window: '6h' } }).listen(none);
  expect(transport.links).toHaveLength(3);
});

test('transports of the same name are still two', () => {
  const { boards, target } = bench();
  boards.at(target).listen(none);
  boards.at({ ...target, transport: new ScriptedTransport() }).listen(none);
  expect(boards.size).toBe(2);
});

test('all hear every change, and the state is one object until the next', () => {
  const { transport, boards, target } = bench();
  const heard: string[] = [];
  const [a, b] = [boards.at(target), boards.at(target)];
  a.listen(() => heard.push('a'));
  b.listen(() => heard.push('b'));
  transport.newest.send(snapshot(1, [item('eth:0x1', 1)]));
  expect(heard.slice(0, 2)).toEqual(['a', 'b']);
  expect(a.state()).toBe(b.state());
  expect(a.state()).toMatchObject({ status: 'live', view: { seq: 1 } });
  transport.newest.send({ type: 'error', code: 'unknown-board', message: 'no' });
  expect(a.state().error?.message).toBe('no');
  transport.newest.send(snapshot(2, [item('eth:0x2', 1)]));
  expect(a.state().error).toBeUndefined();
});

test('the link closes with the last listener, and a new one opens another', async () => {
  const { transport, environment, boards, target } = bench();
  const stops = [boards.at(target).listen(none), boards.at(target).listen(none)];
  stops[0]?.();
  await microtasks();
  expect(transport.newest.isClosed).toBe(false);
  stops[1]?.();
  await microtasks();
  expect(transport.newest.isClosed).toBe(true);
  expect(boards.size).toBe(0);
  expect(environment.pendingTimers + environment.listeners).toBe(0);
  boards.at(target).listen(none);
  expect(transport.links).toHaveLength(2);
});

test('who leaves and comes back within one task keeps the link', async () => {
  const { transport, boards, target } = bench();
  const shared = boards.at(target);
  shared.listen(none)();
  shared.listen(none);
  await microtasks();
  expect(transport.links).toHaveLength(1);
  expect(transport.newest.isClosed).toBe(false);
});
