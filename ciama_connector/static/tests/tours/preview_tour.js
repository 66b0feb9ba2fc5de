import { registry } from "@web/core/registry";

const row = (number) => `.modal .o_ciama_preview tr[data-order="${number}"]`;

registry.category("web_tour.tours").add("ciama_preview", {
    steps: () => [
        {
            content: "Open the shop",
            trigger: ".o_kanban_record:contains(Hub)",
            run: "click",
        },
        {
            content: "Preview its latest orders",
            trigger: ".o_form_view button[name=action_preview]",
            run: "click",
        },
        {
            content: "One of two goes through, and nothing was written",
            trigger: ".modal .o_ciama_preview p:contains(1 of 2):contains(Nothing was written)",
        },
        {
            content: "The good one: a new customer, the chair, the same total",
            trigger: `${row("W-1")}[data-outcome=imported]:contains(Marie Curie):contains(Chair)`,
        },
        {
            content: "... to the cent",
            trigger: `${row("W-1")}:contains(12.00 EUR):contains(the same in Odoo)`,
        },
        {
            content: "The other would be blocked, and the cause says what to do",
            trigger: `${row("W-2")}[data-outcome=blocked]:contains(STOOL):contains(No product in Odoo)`,
        },
        {
            content: "... with the remedy",
            trigger: `${row("W-2")} .o_ciama_preview_cause:contains(choose the product that is meant)`,
        },
        {
            content: "Texts of the shop are no HTML",
            trigger: `${row("W-2")}:not(:has(script)):contains(<script>)`,
        },
        {
            content: "Close",
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            content: "Back on the form",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});
