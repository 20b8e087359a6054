// The partner side as the tests drive it: addresses, page names and control names in one place.
import { dataPage, fill, look, submit, words } from "./browser.mjs";
import { Robot } from "./robot.mjs";

export const PATHS = {
  signIn: "/sign-in",
  newApp: "/apps/new",
  app: (handle, environment) => `/apps/${handle}/${environment}`,
  edit: (handle, environment) => `/apps/${handle}/${environment}/edit`,
  newProduction: (handle) => `/apps/${handle}/production/new`,
  checklist: (handle) => `/apps/${handle}/production/checklist`,
  newLaunch: (handle) => `/apps/${handle}/production/launch`,
  launch: (id) => `/launches/${id}`,
  reviews: "/reviews",
};

export const PAGES = {
  home: "portal-home",
  app: "portal-app",
  checklist: "portal-checklist",
  launch: "portal-launch",
  reviews: "portal-reviews",
};

/** One member of the portal in one browser. */
export class Member {
  constructor(demo, browser, person) {
    Object.assign(this, { demo, browser, person, page: browser.page, faults: browser.faults });
  }

  /** Signs in through the production environment, as any person does. */
  async signIn() {
    await this.page.goto(this.demo.portal + PATHS.signIn, { waitUntil: "load" });
    const robot = new Robot(this.page, this.person, { mail: (after) => this.demo.inbox("production", this.person.email, after), faults: this.faults });
    await robot.walk((url) => url.origin === this.demo.portal);
    await this.expect(PAGES.home);
  }

  async open(path) {
    await this.page.goto(this.demo.portal + path, { waitUntil: "load" });
    this.faults.push(...(await look(this.page)));
  }

  /** Fills what the values name and presses on until the page has the wanted name, however many steps there are. */
  async complete(values, wanted) {
    for (let step = 0; step < 15; step += 1) {
      await fill(this.page, values);
      await this.fillRequired();
      await submit(this.page);
      this.faults.push(...(await look(this.page)));
      const complaints = await this.page.locator(".usa-error-message, .usa-alert--error").allInnerTexts();
      if (complaints.length > 0) throw new Error(`${await dataPage(this.page)}: ${complaints.join(" | ")}`);
      if ((await dataPage(this.page)) === wanted) return;
    }
    throw new Error(`never came to ${wanted}: ${await words(this.page)}`);
  }

  /** What a form must have and a test does not care about. */
  async fillRequired() {
    const ready = { email: "rowan.field@example.gov", tel: "+1 202 555 0100", url: "https://tides.example.gov/", number: "1000", text: "Rowan Field", textarea: "Rowan Field" };
    for (const control of await this.page.locator('main input[required], main textarea[required], main [aria-required="true"], main [name^="attestation"]').all()) {
      const kind = await control.evaluate((element) => (element.tagName === "INPUT" ? element.type : element.tagName.toLowerCase()));
      if (kind === "checkbox") await control.check({ force: true });
      else if (ready[kind] && (await control.inputValue()) === "") await control.fill(ready[kind]);
    }
  }

  async expect(name) {
    const found = await dataPage(this.page);
    if (found !== name) throw new Error(`expected the page ${name}, found ${found} at ${this.page.url()}\n${await words(this.page)}`);
  }
}
