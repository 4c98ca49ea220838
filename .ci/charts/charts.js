import { init, use } from "echarts/core";
import { BarChart, HeatmapChart, TreemapChart } from "echarts/charts";
import { CalendarComponent, GridComponent, MarkAreaComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, HeatmapChart, TreemapChart, CalendarComponent, GridComponent, MarkAreaComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);
export { init };
