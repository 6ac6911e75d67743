import type { Verdict } from './classify.ts';

/** How many records of a partition met which fate since its state began. */
export class ClassCounts {
  accepted = 0;
  counted = 0;
  lateCounted = 0;
  lateDropped = 0;
  duplicate = 0;
  filtered = 0;
  deadLettered = 0;
  /** Marks of transactions: no views, but each takes an offset. */
  markers = 0;

  add(verdict: Verdict): void {
    switch (verdict.class) {
      case 'counted':
        this.counted += 1;
        break;
      case 'late':
        if (verdict.reason === 'kept') this.lateCounted += 1;
        else this.lateDropped += 1;
        break;
      case 'duplicate':
        this.duplicate += 1;
        break;
      case 'filtered':
        this.filtered += 1;
        break;
      case 'dead-lettered':
        this.deadLettered += 1;
        break;
      case 'marker':
        this.markers += 1;
        break;
    }
  }

  /** Records without a fate, or with two: 0, or the conservation law is broken. */
  residual(): number {
    const [accepted = 0, ...fates] = this.values();
    return fates.reduce((left, fate) => left - fate, accepted);
  }

  /** The counts in the order of {@link adopt}; a new one goes to the end. */
  values(): number[] {
    const { accepted, counted, lateCounted, lateDropped, duplicate, filtered } = this;
    const others = [this.deadLettered, this.markers];
    return [accepted, counted, lateCounted, lateDropped, duplicate, filtered, ...others];
  }

  /** Takes over what {@link values} gave. */
  adopt(values: readonly number[]): void {
    const [accepted = 0, counted = 0, lateCounted = 0, lateDropped = 0, ...others] = values;
    const [duplicate = 0, filtered = 0, deadLettered = 0, markers = 0] = others;
    this.accepted = accepted;
    this.counted = counted;
    this.lateCounted = lateCounted;
    this.lateDropped = lateDropped;
    this.duplicate = duplicate;
    this.filtered = filtered;
    this.deadLettered = deadLettered;
    this.markers = markers;
  }
}
