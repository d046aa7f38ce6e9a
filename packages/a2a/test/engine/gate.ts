/** Lets calls through while it is open, and holds them while it is shut. */
export class Gate {
  #open = () => {};
  #way: Promise<void> | undefined;

  shut(): void {
    this.#way ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#way = undefined;
    this.#open();
  }

  async pass(): Promise<void> {
    await this.#way;
  }
}
