import { registry } from "@web/core/registry";

const card = ".o_kanban_record:contains(V-1)";

registry.category("web_tour.tours").add("ciama_vat", {
    steps: () => [
        {
            content: "The order is held, since shop and Odoo disagree about VAT",
            trigger: `.o_kanban_group:contains(Held) ${card}:contains(VAT of another country)`,
        },
        {
            content: "Open what there is to decide",
            trigger: `${card} button:contains(Decide About VAT)`,
            run: "click",
        },
        {
            content: "The shop's VAT is there",
            trigger: ".modal [name=comparison] tr:contains(Follow the shop):contains(19.00)",
        },
        {
            content: "... and Odoo's, inside the same total",
            trigger: ".modal [name=comparison] tr:contains(Follow Odoo):contains(19.83):contains(119.00)",
        },
        {
            content: "Follow Odoo",
            trigger: ".modal [name=decision] .o_radio_item:contains(Follow Odoo) input",
            run: "click",
        },
        {
            content: "... for all that wait for the same decision",
            trigger: ".modal [name=scope] .o_radio_item:contains(All orders of the shop that wait) input",
            run: "click",
        },
        {
            content: "These are two",
            trigger: ".modal .o_field_widget[name=waiting_count]:contains(2)",
        },
        {
            content: "A rule for later orders is not an accountant's to make",
            trigger: ".modal [name=scope] .o_radio_item:contains(from now on) input",
            run: "click",
        },
        {
            content: "It is said whom to ask",
            trigger: ".modal .alert:contains(Ask one of them)",
        },
        {
            content: "So only those that wait",
            trigger: ".modal [name=scope] .o_radio_item:contains(All orders of the shop that wait) input",
            run: "click",
        },
        {
            content: "Book it",
            trigger: ".modal button[name=action_mend]",
            run: "click",
        },
        {
            content: "Both are imported",
            trigger: ".o_notification:contains(again: 2)",
        },
        {
            content: "The board is empty",
            trigger: `body:not(:has(.modal)) .o_kanban_renderer:not(:has(${card}))`,
        },
    ],
});
