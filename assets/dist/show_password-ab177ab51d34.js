// A button beside each password field that shows what was typed. Without this script the field is as before.
// The words are the field's own: data-show-password, data-hide-password, and for listeners
// data-password-shown and data-password-hidden.

for (const field of document.querySelectorAll("input[data-show-password]")) {
  addButton(field);
}

function addButton(field) {
  const words = field.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.id = button.name = `${field.id}_show`;
  button.className = "dw-link-button dw-show-password";
  button.setAttribute("aria-controls", field.id);
  const told = document.createElement("span");
  told.className = "usa-sr-only";
  told.setAttribute("role", "status");

  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? words.hidePassword : words.showPassword;
  };
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    show(shown);
    told.textContent = shown ? words.passwordShown : words.passwordHidden;
  });
  // A browser keeps what is typed into fields of text; a password is sent as a password.
  field.form?.addEventListener("submit", () => show(false));

  field.autocapitalize = "none";
  field.spellcheck = false;
  show(false);
  field.after(button, told);
}
