/** What the probe answers. */
export interface Sample {
  /** User and system time of the whole process so far, all threads; resolution 1 microsecond. */
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}
