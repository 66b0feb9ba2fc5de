import { registry } from "@web/core/registry";

const secret = ".o_field_widget[name=credential_ids] input[type=password]";

/** Which step the wizard shows. */
function step(name) {
    return { content: `Step: ${name}`, trigger: `.o_ciama_onboarding div[name=${name}]:visible` };
}

const next = { content: "Go on", trigger: "button[name=action_next]:visible", run: "click" };

registry.category("web_tour.tours").add("ciama_onboarding", {
    steps: () => [
        {
            content: "Choose the platform by its logo",
            trigger: ".o_ciama_tile[data-value=ciama]:has(img)",
            run: "click",
        },
        {
            content: "Paste the address",
            trigger: ".o_field_widget[name=url] input",
            run: "edit tea.example/ && press Tab",
        },
        {
            content: "A name is proposed",
            trigger: ".o_field_widget[name=name] input:value(tea.example)",
        },
        next,
        step("connection"),
        {
            content: "Enter a key, hidden while it is typed",
            trigger: secret,
            run: "edit wrong-key && press Tab",
        },
        next,
        {
            content: "The shop refuses it, in a sentence",
            trigger: ".alert-danger:contains(The hub refuses the API key.)",
        },
        {
            content: "The key was not sent back; type another",
            trigger: `${secret}[placeholder*=Set]:value()`,
            run: "edit right-key && press Tab",
        },
        next,
        step("rights"),
        {
            content: "A needed right is missing: red, with what to do",
            trigger: ".o_ciama_rights .fa-times-circle.text-danger",
        },
        {
            content: "... which blocks",
            trigger: ".o_ciama_buttons:not(:has(button[name=action_next]:visible))",
        },
        {
            content: "It was granted meanwhile",
            trigger: "button[name=action_check]",
            run: "click",
        },
        {
            content: "All is green, and the shop tells its facts",
            trigger: ".o_ciama_facts:contains(Europe/Paris)",
        },
        next,
        step("mappings"),
        {
            content: "A sure proposal is ticked",
            trigger: [".o_data_row", ".o_kanban_record"]
                .map((row) => `[name=payment_line_ids] ${row}:contains(Kwikpay) input:checked`)
                .join(", "),
        },
        next,
        step("preview"),
        {
            content: "What would become of the orders",
            trigger: ".o_ciama_counts:contains(1 would be imported):contains(1 would be blocked)",
        },
        {
            content: "The order is shown",
            trigger: ".o_field_widget[name=preview_html]:contains(Marie Curie)",
        },
        next,
        step("start"),
        {
            content: "Live",
            trigger: "button[name=action_go_live]",
            run: "click",
        },
        {
            content: "The overview has the shop",
            trigger: ".o_kanban_record:contains(Fake)",
        },
    ],
});
