/** Bring in older orders: count, start, see how far it is, pause, resume, done. */

import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("ciama_backfill", {
    steps: () => [
        {
            content: "Bring in older orders",
            trigger: ".o_form_view button:contains(Backfill)",
            run: "click",
        },
        {
            content: "From when",
            trigger: ".o_field_widget[name=since] button",
            run: "click",
        },
        {
            content: "A day",
            trigger: ".o_field_widget[name=since] input",
            run: "edit 02/01/2026 00:00:00",
        },
        {
            content: "Look before",
            trigger: ".o_form_view button[name=action_count]:contains(Count)",
            run: "click",
        },
        {
            content: "It says what there is to bring in",
            trigger:
                "[name=summary]:contains(5 orders in the shop, 1 are in Odoo already, 4 to bring in.)",
        },
        {
            content: "... and how long it takes",
            trigger: "[name=estimate]:contains(About 1 minute)",
        },
        {
            content: "Start",
            trigger: "button[name=action_start]:contains(Start)",
            run: "click",
        },
        {
            content: "It runs",
            trigger: ".o_arrow_button_current:contains(Running)",
        },
        {
            content: "So far",
            trigger: "[name=summary]:contains(3 of 5 orders were read.)",
        },
        {
            content: "The bar says so, too",
            trigger: "[name=progress]:contains(60)",
        },
        {
            content: "The shop wants it slower, and nobody has to do anything",
            trigger: ".alert-warning:contains(Fewer requests, please.)",
        },
        {
            content: "Pause",
            trigger: "button[name=action_pause]",
            run: "click",
        },
        {
            content: "It rests",
            trigger: ".alert-info:contains(Paused.)",
        },
        {
            content: "Go on",
            trigger: "button[name=action_resume]",
            run: "click",
        },
        {
            content: "It came to its end",
            trigger: ".o_arrow_button_current:contains(Done)",
        },
        {
            content: "Everything is there",
            trigger: "[name=summary]:contains(In the shop 5, in Odoo 5: nothing is missing.)",
        },
        {
            content: "All of it was dealt with",
            trigger: "[name=progress]:contains(100)",
        },
        {
            content: "Look at the orders",
            trigger: ".oe_stat_button[name=action_open_orders]:contains(5)",
            run: "click",
        },
        {
            content: "They are listed",
            trigger: ".o_list_view .o_data_row:contains(Imported)",
        },
    ],
});
