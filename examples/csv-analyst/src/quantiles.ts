/**
 * Quantiles of a stream of numbers in bounded memory.
 * Exact while the values fit (linear interpolation between neighbours); then a t-digest:
 * clusters that are small at both ends and large in the middle (Dunning and Ertl, 2019).
 */
const compression = 400;
const bufferSize = 4096;

export class Quantiles {
  readonly #limit: number;
  #values = new Float64Array(64);
  #size = 0;
  #total = 0;
  #sorted = true;
  #means: number[] | undefined;
  #weights: number[] = [];
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** `limit`: how many values are kept before they become estimates. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False once the values no longer fit. */
  get exact(): boolean {
    return this.#means === undefined;
  }

  add(value: number): void {
    const limit = this.#means ? bufferSize : this.#limit;
    if (this.#size >= limit) this.#compress();
    if (this.#size === this.#values.length) this.#grow(this.#means ? bufferSize : this.#limit);
    this.#values[this.#size++] = value;
    this.#total++;
    this.#sorted = false;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** The value below which the share `q` (0 to 1) lies; undefined when nothing was added. */
  at(q: number): number | undefined {
    if (this.#total === 0) return undefined;
    if (this.#means) return this.#estimate(q);
    const values = this.#sort();
    const position = q * (values.length - 1);
    const low = values[Math.floor(position)] ?? Number.NaN;
    const high = values[Math.ceil(position)] ?? Number.NaN;
    return low === high ? low : low + (high - low) * (position - Math.floor(position));
  }

  /** How many values lie in each of the bins between consecutive `edges`; the last edge is included. */
  histogram(edges: number[]): number[] {
    const below = edges.map((edge, index) => this.#below(edge, index === edges.length - 1));
    return below.slice(1).map((count, index) => Math.round(count - (below[index] ?? 0)));
  }

  #below(edge: number, included: boolean): number {
    if (this.#total === 0 || edge < this.#min) return 0;
    if (edge > this.#max || (included && edge === this.#max)) return this.#total;
    if (!this.#means) {
      const values = this.#sort();
      let low = 0;
      for (let high = values.length; low < high; ) {
        const middle = (low + high) >>> 1;
        const value = values[middle] ?? Number.NaN;
        if (value < edge || (included && value === edge)) low = middle + 1;
        else high = middle;
      }
      return low;
    }
    let [low, high] = [0, 1];
    for (let step = 0; step < 40; step++) {
      const middle = (low + high) / 2;
      if (this.#estimate(middle) < edge) low = middle;
      else high = middle;
    }
    return low * this.#total;
  }

  #sort(): Float64Array {
    const values = this.#values.subarray(0, this.#size);
    if (!this.#sorted) values.sort();
    this.#sorted = true;
    return values;
  }

  #grow(limit: number): void {
    const larger = new Float64Array(Math.min(limit, this.#values.length * 2));
    larger.set(this.#values);
    this.#values = larger;
  }

  /** Merges the waiting values, in order, into clusters no wider than the scale function allows. */
  #compress(): void {
    const incoming = this.#sort();
    const [oldMeans, oldWeights] = [this.#means ?? [], this.#weights];
    const merged = oldWeights.reduce((sum, weight) => sum + weight, incoming.length);
    const means: number[] = [];
    const weights: number[] = [];
    let [left, right, before, limit] = [0, 0, 0, widest(0)];
    let [mean, weight] = [0, 0];
    while (left < oldMeans.length || right < incoming.length) {
      const fromOld =
        right >= incoming.length || (oldMeans[left] ?? Number.POSITIVE_INFINITY) <= (incoming[right] ?? 0);
      const nextMean = (fromOld ? oldMeans[left] : incoming[right]) ?? 0;
      const nextWeight = fromOld ? (oldWeights[left] ?? 0) : 1;
      if (fromOld) left++;
      else right++;
      if (weight > 0 && (before + weight + nextWeight) / merged > limit) {
        means.push(mean);
        weights.push(weight);
        before += weight;
        limit = widest(before / merged);
        [mean, weight] = [nextMean, nextWeight];
      } else {
        weight += nextWeight;
        mean += ((nextMean - mean) * nextWeight) / weight;
      }
    }
    if (weight > 0) {
      means.push(mean);
      weights.push(weight);
    }
    if (!this.#means) this.#values = new Float64Array(bufferSize);
    this.#means = means;
    this.#weights = weights;
    this.#size = 0;
    this.#sorted = true;
  }

  /** Linear interpolation between the middles of clusters, with the true minimum and maximum at the ends. */
  #estimate(q: number): number {
    if (this.#size > 0) this.#compress();
    const means = this.#means ?? [];
    const target = q * this.#total;
    let [position, value, before] = [0, this.#min, 0];
    for (let index = 0; index < means.length; index++) {
      const middle = before + (this.#weights[index] ?? 0) / 2;
      const mean = means[index] ?? 0;
      if (target <= middle) return between(position, value, middle, mean, target);
      [position, value] = [middle, mean];
      before += this.#weights[index] ?? 0;
    }
    return between(position, value, this.#total, this.#max, target);
  }
}

/** The share up to which a cluster that begins at share `q` may reach: one step of the arcsine scale. */
function widest(q: number): number {
  const step = Math.asin(2 * Math.min(1, q) - 1) + (2 * Math.PI) / compression;
  return step >= Math.PI / 2 ? 1 : (Math.sin(step) + 1) / 2;
}

function between(x0: number, y0: number, x1: number, y1: number, x: number): number {
  return x1 <= x0 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
