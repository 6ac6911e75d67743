import { expect, test } from 'vitest';
import { memberOf, userDataOf } from '../src/group-assigner.ts';

test('a member tells its name and what it holds; a name alone is understood too', () => {
  const held = [
    { topic: 'a', partition: 0 },
    { topic: 'b', partition: 11 },
  ];
  expect(memberOf('id', userDataOf('host-1', held))).toEqual({
    id: 'id',
    name: 'host-1',
    held: new Set(['a/0', 'b/11']),
  });
  expect(memberOf('id', Buffer.from('host-1'))).toEqual({
    id: 'id',
    name: 'host-1',
    held: new Set(),
  });
  expect(memberOf('id', undefined).name).toBe('');
});
