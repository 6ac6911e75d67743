import { topics } from '@trending/schemas';
import { nextChain } from '../../apps/stream-processor/src/tasks/checkpoint-log.ts';
import { NaiveCheckpoints } from './checkpoint-oracle.ts';
import { checkEverything } from './checks.ts';
import { Stalled } from './failure.ts';
import type { FaultCounts } from './faults.ts';
import { outsideMicrotasks } from './turn.ts';
import { World } from './world.ts';

const minute = 60_000;
const jumps = [90_000, 6 * minute, 11 * minute, 45 * minute, 3 * 60 * minute] as const;
/** Two of them are longer than the memory of event ids, one is not. */
const echoedJump = 6 * minute;
/** Steps without faults after which everything must be level again. */
const calmStepsMax = 30_000;

export interface Outcome {
  readonly seed: number;
  readonly error: Error | undefined;
  readonly steps: number;
  readonly views: number;
  readonly simulatedMs: number;
  readonly faults: FaultCounts;
}

/** One seed from beginning to end: trouble, calm, judgement. */
export async function runSeed(
  seed: number,
  trace?: (line: string) => void,
  inspect?: (world: World) => void,
): Promise<Outcome> {
  const world = new World(seed, trace);
  const from = world.scheduler.now();
  let error: Error | undefined;
  try {
    await outsideMicrotasks(() => {
      world.slots.startAll();
      trouble(world);
      calm(world);
    });
    if (world.failure !== undefined) throw world.failure;
    await checkEverything(world);
  } catch (caught) {
    error = caught instanceof Error ? caught : new Error(String(caught));
  }
  inspect?.(world);
  return {
    seed,
    error,
    steps: world.scheduler.steps,
    views: viewsOf(world),
    simulatedMs: world.scheduler.now() - from,
    faults: world.faults.counts,
  };
}

function viewsOf({ broker, partitions }: World): number {
  let views = 0;
  for (let p = 0; p < partitions; p += 1) views += broker.end(topics.views.name, p);
  return views;
}

function trouble(world: World): void {
  const { random, scheduler } = world;
  const steps = random.between(400, 900);
  world.faults.intensity = random.pick([0.3, 1, 1, 2]);
  for (let step = 0; step < steps; step += 1) {
    if (random.chance(0.05)) act(world);
    scheduler.step();
    if (world.failure !== undefined) throw world.failure;
  }
}

/** Something happens in the world. */
function act(world: World): void {
  const { random, slots, faults } = world;
  const dice = random.below(100);
  const slot = random.pick(slots.all.filter(({ kind }) => kind !== 'publisher'));
  if (dice < 60) publish(world);
  else if (dice < 68) {
    faults.count('kills');
    slots.kill(slot);
  } else if (dice < 76) {
    faults.count('zombies');
    slots.freeze(slot);
  } else if (dice < 81) {
    faults.count('stops');
    slots.stop(slot);
  } else if (dice < 86) {
    faults.count('rebalances');
    random.pick(world.coordinator.groups())?.rebalance();
  } else if (dice < 89) restartBroker(world);
  else if (dice < 93) jump(world);
  else if (dice < 95) slots.kill(random.pick(world.slot('publisher')));
}

function publish(world: World): void {
  const { process, publisher } = world.random.pick(world.slot('publisher'));
  if (process.isAlive && publisher !== undefined)
    world.scheduler.post(process, 'publish', () => publisher.publish());
}

function restartBroker({ broker, scheduler, supervisor, faults, random }: World): void {
  faults.count('brokerRestarts');
  broker.process.isFrozen = true;
  const thaw = () => {
    broker.process.isFrozen = false;
  };
  scheduler.timer(random.between(200, 9_000), thaw, { owner: supervisor });
}

function jump(world: World): void {
  const { random, scheduler, faults, supervisor } = world;
  const ms = random.pick(jumps);
  pass(world, ms);
  if (ms !== echoedJump) return;
  const again = () => {
    if (faults.intensity > 0) pass(world, ms);
  };
  scheduler.timer(random.between(5_000, 60_000), again, { owner: supervisor });
}

function pass(world: World, ms: number): void {
  const { broker, scheduler, faults } = world;
  faults.count('jumps');
  world.note(`${ms} ms pass`);
  broker.settleTravelling();
  scheduler.jump(ms);
}

/** No more faults: within a bounded number of steps everything must have caught up. */
function calm(world: World): void {
  const { scheduler, faults } = world;
  world.note('calm');
  faults.intensity = 0;
  scheduler.timersFirst = 0.02;
  for (let i = 0; i < 3; i += 1) publish(world);
  const checkpoints = world.broker.archive.map(() => new NaiveCheckpoints());
  for (let step = 0; step < calmStepsMax; step += 1) {
    if (step % 16 === 0 && step > 0 && unsettled(world, checkpoints) === undefined) return;
    scheduler.step();
    if (world.failure !== undefined) throw world.failure;
  }
  throw new Stalled(unsettled(world, checkpoints) ?? 'everything is level, too late');
}

/** What is not level yet. */
function unsettled(world: World, checkpoints: readonly NaiveCheckpoints[]): string | undefined {
  const { broker } = world;
  const late = world.slots.all.find(({ isUp, process }) => !isUp || process.isFrozen);
  if (late !== undefined) return `${late.name} is not up`;
  const busy = world.coordinator.groups().find((group) => group.isRebalancing);
  if (busy !== undefined) return `${busy.id} is being rebalanced`;
  for (const [partition, archive] of broker.archive.entries()) {
    const what = unsettledPartition(world, partition, (end) => {
      checkpoints[partition]?.follow(archive, nextChain);
      return checkpoints[partition]?.end === end;
    });
    if (what !== undefined) return `partition ${partition}: ${what}`;
  }
  const isRanked = world.slot('rank').some(({ rank }) => {
    const staleness = rank?.staleness().get('5m');
    return staleness !== undefined && staleness < 25;
  });
  if (!isRanked) return 'no ranker merges';
  const end = broker.end(topics.rankings.name, 0);
  const behind = world.slot('gateway').find(({ gateway }) => gateway?.position !== end);
  return behind && `${behind.name} is behind`;
}

function unsettledPartition(
  world: World,
  partition: number,
  isWritten: (end: number) => boolean,
): string | undefined {
  const end = world.broker.end(topics.views.name, partition);
  const owners = world.ownersOf(partition);
  if (owners.length !== 1) return `${owners.length} owners`;
  if (owners[0]?.position !== end) return `counted to ${owners[0]?.position} of ${end}`;
  if (!isWritten(end)) return 'checkpoints do not reach the end';
  const unknown = unfollowed(world, partition, owners[0].state.journeyOffset);
  if (unknown !== undefined) return unknown;
  const target = { topic: topics.views.name, partition };
  const commit = world.coordinator.group('clickhouse-sink').committed(target);
  if (end > 0 && (commit.offset !== end || commit.metadata !== ''))
    return `the sink stands at ${commit.offset} '${commit.metadata}' of ${end}`;
  const newest = world.sets.findLast((set) => set.partition === partition && set.window === '5m');
  return newest?.inputOffset === end ? undefined : `sets show ${newest?.inputOffset} of ${end}`;
}

/** What is not known yet of the partition's viewers, or of those whose sightings have its number. */
function unfollowed(
  { broker, coordinator }: World,
  partition: number,
  journeyOffset: number,
): string | undefined {
  const target = { topic: topics.sightings.name, partition };
  const told = broker.end(target.topic, partition);
  const { offset } = coordinator.group('journey').committed(target);
  if (told > 0 && offset !== told) return `the journey role stands at ${offset} of ${told}`;
  const end = broker.end(topics.journeys.name, 0);
  return journeyOffset === end ? undefined : `viewers known up to ${journeyOffset} of ${end}`;
}
