import { registry } from "@web/core/registry";

const column = (label) => `.o_kanban_group:contains(${label})`;
const card = (number) => `.o_kanban_record:contains(${number})`;

/** Choose the chair in the dialog, and import all that wait for it. */
const chooseTheChair = [
    {
        content: "A dialog opens on the board: the cause ...",
        trigger: ".modal :contains(No product in Odoo has the reference STOOL)",
    },
    {
        content: "... and how many orders go on",
        trigger: ".modal .o_field_widget[name=waiting_count]:contains(2)",
    },
    {
        content: "Look for the product",
        trigger: ".modal .o_field_widget[name=product_id] input",
        run: "edit CHAIR",
    },
    {
        content: "Choose it",
        trigger: ".o-autocomplete--dropdown-item:contains(Chair)",
        run: "click",
    },
    {
        content: "Save, and import what waited",
        trigger: ".modal button[name=action_mend]:contains(Save and Import)",
        run: "click",
    },
    {
        content: "It is said how many",
        trigger: ".o_notification:contains(again: 2)",
    },
    {
        content: "The dialog is gone, and so are the orders from the board",
        trigger: `body:not(:has(.modal)) .o_kanban_renderer:not(:has(${card("W-77")}))`,
    },
];

registry.category("web_tour.tours").add("ciama_board", {
    steps: () => [
        ...["Received", "Held", "Blocked", "Failed", "Imported", "Ignored"].map((label) => ({
            content: `The board has a column "${label}"`,
            trigger: `.o_kanban_group .o_column_title:contains(${label})`,
        })),
        {
            content: "The blocked order tells its cause",
            trigger: `${column("Blocked")} ${card("W-77")}:contains(Unknown product)`,
        },
        {
            content: "... its customer and what it says in full",
            trigger: `${card("W-77")}:contains(Marie Curie):contains(12.00):contains(reference STOOL)`,
        },
        {
            content: "Open it",
            trigger: `${card("W-77")} span:contains(W-77)`,
            run: "click",
        },
        {
            content: "The form says what to do",
            trigger: ".o_form_view .alert:contains(choose the product that is meant)",
        },
        {
            content: "... and shows the order as it was read",
            trigger: ".o_field_widget[name=comparison_html] .o_ciama_pair:contains(Stool)",
        },
        {
            content: "Texts of the shop are no HTML",
            trigger:
                ".o_field_widget[name=comparison_html]:not(:has(script)):contains(<script>)",
        },
        {
            content: "Back to the board",
            trigger: ".o_breadcrumb a:contains(Board), .breadcrumb-item a:contains(Board)",
            run: "click",
        },
        {
            content: "Mark it as urgent",
            trigger: `${card("W-77")} .o_priority_star`,
            run: "click",
        },
        {
            content: "It is",
            trigger: `${card("W-77")} .o_priority_star.fa-star`,
        },
        {
            content: "Drop another order where nobody can put it",
            trigger: `${column("Blocked")} ${card("W-79")}`,
            run: `drag_and_drop (${column("Failed")})`,
        },
        {
            content: "It is said why not",
            trigger: ".modal:contains(Orders come to this column by themselves)",
        },
        {
            content: "Close",
            trigger: ".modal .modal-footer button",
            run: "click",
        },
        {
            content: "It is where it was; its product is there meanwhile: drop it on Received",
            trigger: `body:not(:has(.modal)) ${column("Blocked")} ${card("W-79")}`,
            run: `drag_and_drop (${column("Received")})`,
        },
        {
            content: "It is retried",
            trigger: ".o_notification:contains(again: 1)",
        },
        {
            content: "Do what is suggested for the first one",
            trigger: `.o_kanban_renderer:not(:has(${card("W-79")})) ${card("W-77")} button:contains(Choose or Create)`,
            run: "click",
        },
        ...chooseTheChair,
        {
            content: "Show all orders",
            trigger: ".o_facet_remove",
            run: "click",
        },
        {
            content: "What needs nobody is folded",
            trigger:
                ".o_kanban_group.o_column_folded:not(.o_kanban_no_records):contains(Imported)",
            run: "click",
        },
        {
            content: "The order is imported; open it",
            trigger: `${column("Imported")} ${card("W-77")} span:contains(W-77)`,
            run: "click",
        },
        {
            content: "The chatter tells what happened",
            trigger: ".o-mail-Message:contains(Imported as)",
        },
        {
            content: "Open its sale order",
            trigger: ".oe_stat_button[name=action_open_sale_order]",
            run: "click",
        },
        {
            content: "It has the chair",
            trigger: ".o_field_widget[name=order_line] .o_data_row:contains(Chair)",
        },
    ],
});

registry.category("web_tour.tours").add("ciama_board_mobile", {
    steps: () => [
        {
            content: "The board shows the blocked order on a phone",
            trigger: `${card("W-77")}:contains(Unknown product)`,
        },
        {
            content: "... with the button that mends it",
            trigger: `${card("W-77")} button:contains(Choose or Create)`,
            run: "click",
        },
        {
            content: "The dialog says how many orders go on",
            trigger: ".modal .o_field_widget[name=waiting_count]:contains(2)",
        },
        {
            content: "Look for the product",
            trigger: ".modal .o_field_widget[name=product_id] input",
            run: "click",
        },
        {
            content: "Choose it",
            trigger: ".o_kanban_record:contains(Chair), .o-autocomplete--dropdown-item:contains(Chair)",
            run: "click",
        },
        {
            content: "Save, and import what waited",
            trigger: ".modal button[name=action_mend]",
            run: "click",
        },
        {
            content: "Both orders are gone from the board",
            trigger: `body:not(:has(.modal)) .o_kanban_renderer:not(:has(${card("W-77")})):not(:has(${card("W-78")}))`,
        },
    ],
});
