// A person at the door: drives any citizen page by the published names of its controls.
import { randomBytes } from "node:crypto";
import { dataPage, fill, look, press, submit, words } from "./browser.mjs";
import { freshCode, secretIn } from "./totp.mjs";

/** A made-up person who has no account yet. */
export function stranger() {
  return { email: `person-${randomBytes(4).toString("hex")}@example.com`, password: randomBytes(12).toString("base64url"), totp_secret: null };
}

export class Robot {
  /** `mail(after)` gives the messages to this person; `faults` collects what is wrong with the pages seen; `byLink` opens the mailed link instead of typing the mailed code. */
  constructor(page, person, { mail = async () => [], faults = [], byLink = false } = {}) {
    Object.assign(this, { page, person, mail, faults, byLink, seen: [], consented: null });
  }

  /** Presses on, page after page, until `there(url)` is true. */
  async walk(there, { signUp = false } = {}) {
    const started = new Date(Date.now() - 2_000).toISOString();
    let wantsSignUp = signUp;
    for (let step = 0; step < 30; step += 1) {
      if (there(new URL(this.page.url()))) return this.seen;
      await this.arrive();
      const link = this.page.locator('main a[href*="sign_up"]').first();
      if (wantsSignUp && (await link.count()) > 0) {
        wantsSignUp = false;
        await press(this.page, link);
      } else {
        await this.answer(started);
      }
    }
    throw new Error(`thirty pages and not there: ${this.seen.join(" > ")}\n${await words(this.page)}`);
  }

  async arrive() {
    const name = await dataPage(this.page);
    this.seen.push(name);
    this.faults.push(...(await look(this.page)));
    if (name?.includes("error")) throw new Error(`an error page at ${this.page.url()}\n${await words(this.page)}`);
    if (this.seen.slice(-4).filter((one) => one === name).length > 2) throw new Error(`the page ${name} comes again and again\n${await words(this.page)}`);
    if (name?.includes("consent")) this.consented = await words(this.page);
  }

  async answer(started) {
    const { page, person } = this;
    const name = (await dataPage(page)) ?? "";
    const asksCode = (await page.locator('[name="code"]').count()) > 0;
    if (name.includes("check") && name.includes("mail") && (this.byLink || !asksCode)) return this.openMail(started);
    const shown = secretIn(await page.locator("body").innerText());
    if (shown && asksCode) person.totp_secret = shown;
    const code = asksCode ? await this.code(name, started) : null;
    await fill(page, { email: person.email, password: person.password, password_confirmation: person.password, code, factor: (await this.hasFactor("totp")) ? "totp" : null });
    for (const box of await page.locator('main input[type="checkbox"][required]:not(:checked)').all()) await box.check({ force: true });
    return submit(page);
  }

  async code(name, started) {
    if (!name.includes("mail") && this.person.totp_secret) return freshCode(this.person.totp_secret);
    return (await this.newest(started)).codes[0];
  }

  /** Opens the link of the newest message in the browser that asked for it. */
  async openMail(started) {
    const message = await this.newest(started);
    await this.page.goto(message.links[0], { waitUntil: "load" });
  }

  async newest(started) {
    const message = (await this.mail(started)).at(-1);
    if (!message) throw new Error(`no mail came to ${this.person.email}`);
    return message;
  }

  async hasFactor(value) {
    return (await this.page.locator(`[name="factor"][value="${value}"]`).count()) > 0 || (await this.page.locator(`[name="factor"] option[value="${value}"]`).count()) > 0;
  }
}
